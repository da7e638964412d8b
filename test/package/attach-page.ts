import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, filesOf, pageOf } from '../docs/pages.ts'
import { emptyFolder, type Installed, type Running, runDev } from './installed.ts'
import { INIT } from './package-page.ts'

const page = pageOf('attach.md')
const [dev = '', elsewhere = '', abort = ''] = blocksOf(page, 'sh')

export function writeAttachPage(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, code } of filesOf(page)) writeFileSync(join(folder, name), code)
}

/** docs/attach.md, typed as it stands in a folder that has the packages and nothing else. */
export function attachPage(theirs: () => Installed): void {
  describe('docs/attach.md', () => {
    let folder: Installed
    let running: Running
    beforeAll(async () => {
      folder = emptyFolder(theirs(), INIT)
      writeAttachPage(folder.folder)
      running = await runDev(folder, dev)
    }, 180_000)
    afterAll(async () => {
      await running?.stop()
      folder?.remove()
    })

    test('leads from an app whose only machine is attached to the first abort', () => {
      const typed = `exec 2>&1\n${elsewhere}\n${abort}`.replaceAll('http://127.0.0.1:4001', running.awsUrl)
      const told = folder.shell(typed)
      expect(told).toMatch(/only force stops it[\s\S]*refused/)
      expect(told).toMatch(
        /"state":"CANCELLED".*"reason":"wrong day".*"name":"nightly-load".*"cleaned_up":true/,
      )
    }, 180_000)
  })
}

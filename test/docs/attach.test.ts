import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Started, shellStart } from '../scenarios/npm-start.ts'
import { blocksOf, cloned } from './cloned.ts'

const text = readFileSync(join(import.meta.dirname, '../../docs/attach.md'), 'utf8')
const [jobs = '', hooks = ''] = blocksOf(text, 'ts')
const [start = '', elsewhere = '', abort = ''] = blocksOf(text, 'sh')

let clone: string
let started: Started

/** What is typed into the second terminal. */
const shell = (script: string): string =>
  execFileSync(
    'bash',
    [
      '-euo',
      'pipefail',
      '-c',
      script
        .replaceAll('http://127.0.0.1:4000', started.apiUrl)
        .replaceAll('http://127.0.0.1:4001', started.awsUrl),
    ],
    { cwd: clone, encoding: 'utf8', timeout: 120_000 },
  )

beforeAll(async () => {
  clone = cloned()
  mkdirSync(join(clone, 'my-jobs'))
  writeFileSync(join(clone, 'my-jobs/jobs.ts'), jobs)
  writeFileSync(join(clone, 'my-jobs/hooks.ts'), hooks)
  started = await shellStart(start, join(clone, '.standdown'), clone)
}, 240_000)
afterAll(async () => {
  await started?.stop()
  if (clone) rmSync(clone, { recursive: true, force: true, maxRetries: 5 })
})

test('a machine is attached, watched and aborted as the page says', () => {
  const out = shell(`${elsewhere}\n${abort}`)
  expect(out).toContain('only force stops it')
  expect(out).toMatch(/"state":"CANCELLED".*"reason":"wrong day".*"name":"nightly-load".*"cleaned_up":true/)
}, 180_000)

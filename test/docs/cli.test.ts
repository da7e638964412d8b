import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { npmStart, type Started } from '../scenarios/npm-start.ts'
import { blocksOf, pageOf } from './pages.ts'

const ROOT = join(import.meta.dirname, '../..')
const blocks = blocksOf(pageOf('cli.md'), 'sh')

let started: Started
let data: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'standdown-cli-docs-'))
  started = await npmStart(data)
}, 240_000)
afterAll(async () => {
  await started?.stop()
  await rm(data, { recursive: true, force: true, maxRetries: 5 })
})

test.each(blocks)(
  'a reader may type %s',
  (block) => {
    const env = { ...process.env, STANDDOWN_DATA: data, XDG_STATE_HOME: data }
    const script = block.replaceAll('.standdown/', `${data}/`)
    const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  },
  120_000,
)

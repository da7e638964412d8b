import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { blocksOf, cloned } from './docs/cloned.ts'
import { type Started, shellStart } from './scenarios/npm-start.ts'

const ROOT = join(import.meta.dirname, '..')
const text = readFileSync(join(ROOT, 'docs/writing-a-step.md'), 'utf8')
const [tutorial = ''] = text.split('## The parts of a step')
const [step = '', job = ''] = blocksOf(tutorial, 'ts')
const [start = '', first = '', abort = '', change = '', again = ''] = blocksOf(tutorial, 'sh')

let clone: string
let started: Started

/** What is typed into the second terminal. */
function shell(script: string): string {
  const there = script.replaceAll('http://127.0.0.1:4000', started.apiUrl)
  return execFileSync('bash', ['-euo', 'pipefail', '-c', there], {
    cwd: clone,
    encoding: 'utf8',
    timeout: 120_000,
  })
}

beforeAll(async () => {
  clone = cloned()
  mkdirSync(join(clone, 'my-jobs'))
  writeFileSync(join(clone, 'my-jobs/count.ts'), step)
  writeFileSync(join(clone, 'my-jobs/jobs.ts'), job)
  started = await shellStart(start, join(clone, '.standdown'), clone)
}, 240_000)
afterAll(async () => {
  await started?.stop()
  if (clone) rmSync(clone, { recursive: true, force: true, maxRetries: 5 })
})

test('the tutorial leads from nothing to an aborted job of one’s own', () => {
  const out = shell(`${first}\n${abort}`)
  expect(out).toContain(`"pointer":"/input","detail":"must have required property 'to'"`)
  expect(out).toContain('"state":"CANCELLING"')
  expect(out).toMatch(
    /"name":"count".*"state":"CANCELLED".*"cleaned_up":true.*"checkpoint":\d+,"result":null/,
  )
}, 180_000)

test('a change is run by the next attempt, without another start', () => {
  shell(change)
  let out = ''
  for (let tries = 0; tries < 60 && !out.includes('"by":"me"'); tries += 1) out = shell(again)
  expect(out).toContain('"result":{"counted":1,"by":"me"}')
}, 240_000)

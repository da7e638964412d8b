import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Started, shellStart } from './scenarios/npm-start.ts'

const ROOT = join(import.meta.dirname, '..')
const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
const all = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)
/** A fabric job needs a start of its own, which lets commands run. */
const isFabric = (block: string): boolean => block.includes('"fabric"')
const isNode = (block: string): boolean => block.includes('/baremetal/')
const isPlan = (block: string): boolean => block.includes('/action_plans')
const blocks = all.filter((block) => ![isFabric, isNode, isPlan].some((is) => is(block)))

let started: Started
let data: string

const hasAwsCli = ((): boolean => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The blocks between start and test are typed into one shell, as a reader would, in the product's folder. */
function shell(script: string, { apiUrl, awsUrl }: Started = started): string {
  const there = script
    .replaceAll('http://127.0.0.1:4000', apiUrl)
    .replaceAll('http://127.0.0.1:4001', awsUrl)
    .replaceAll('.standdown/', `${data}/`)
  return execFileSync('bash', ['-euo', 'pipefail', '-c', there], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, STANDDOWN_DATA: data, XDG_STATE_HOME: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'standdown-readme-'))
  started = await shellStart(blocks[0]!, data)
}, 240_000)
afterAll(async () => {
  await started?.stop()
  await rm(data, { recursive: true, force: true, maxRetries: 5 })
})

test('the first block starts the runtime and the last one runs these tests', () => {
  expect(blocks[0]).toBe('npm start\n')
  expect(blocks.at(-1)).toBe('npm test\n')
})

test('the blocks start a migration, abort it, and show how it ended', () => {
  const tour = blocks.slice(1, -1).filter((block) => !block.includes('aws --endpoint-url'))
  expect(tour).toHaveLength(1)
  const out = shell(tour.join('\n'))
  expect(out).toMatch(/^{"job_execution_id":"[0-9a-f-]{36}"/)
  expect(out).toContain('"never_starts"')
  expect(out).toContain('"reason":"wrong bucket"')
  expect(out).toContain('"state":"CANCELLED"')
  expect(out).toContain('"event_type":"job.cancel.end"')
}, 60_000)

test('the lines of a node switch it on, begin to shut it down, and abort that', () => {
  const out = shell(all.filter(isNode).join('\n'))
  expect(out).toContain('"power_state":"power on"')
  expect(out).toContain('"target_power_state":"soft power off"')
  expect(out).toMatch(/"last_error":"soft power off aborted by [^"]+"/)
})

test('the lines of an action plan start it, and cancel it while one of its actions sleeps', () => {
  const out = shell(all.filter(isPlan).join('\n'))
  expect(out).toMatch(/"state":"(PENDING|ONGOING)"/)
  expect(out).toContain('"state":"CANCELLING"')
  expect(out).toMatch(/"state":"CANCELLED"[^\n]*\n?$/)
}, 60_000)

test('the lines of a fabric job start it, abort it by force, and show that its second playbook never ran', async () => {
  const [command] = /npm start -- --run-commands/.exec(readme) ?? []
  const folder = await mkdtemp(join(tmpdir(), 'standdown-readme-'))
  const fabric = await shellStart(command!, folder)
  try {
    const out = shell(all.filter(isFabric).join('\n'), fabric)
    expect(out).toContain('"state":"CANCELLING"')
    expect(out).toContain('"state":"CANCELLED"')
    expect(out).not.toContain('"name":"spines","pass"')
  } finally {
    await fabric.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}, 120_000)

const reason = hasAwsCli ? '' : ' (left out: there is no AWS CLI on this machine)'
test.runIf(hasAwsCli)(
  `the AWS CLI sees the machine, the stopped execution and no open upload${reason}`,
  () => {
    const out = shell(blocks.slice(1, -1).join('\n'))
    expect(out).toContain('standdown-object-migration')
    expect(out).toContain('"status": "ABORTED"')
    expect(out).toContain('"error": "JobAborted"')
    expect(out).not.toContain('UploadId"')
  },
  90_000,
)

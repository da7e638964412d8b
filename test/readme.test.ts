import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!)

type Started = { api: string; aws: string; stop(): Promise<void> }
let started: Started

/** Runs the README's own start command, on free ports and a data folder of its own. */
async function start(command: string): Promise<Started> {
  const data = await mkdtemp(join(tmpdir(), 'standdown-readme-'))
  const ports = { STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0', STANDDOWN_DATA: data }
  const child = spawn('bash', ['-c', command], {
    cwd: ROOT,
    env: { ...process.env, ...ports },
    detached: true,
  })
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit')
    process.kill(-child.pid!, 'SIGINT')
    await ended
    await rm(data, { recursive: true, force: true, maxRetries: 5 })
  }
  let told = ''
  child.stderr.on('data', (text) => {
    told += text
  })
  for await (const line of createInterface({ input: child.stdout })) {
    told += `${line}\n`
    // The paste-ready commands are the last thing that a start prints.
    if (line.includes('/execute-job')) {
      const [api, aws] = [/^API +(\S+)/m, /^AWS endpoint +(\S+)/m].map((pattern) => pattern.exec(told)?.[1])
      if (api && aws) return { api, aws, stop }
    }
  }
  await stop().catch(() => undefined)
  throw new Error(`${command} ended before it was ready:\n${told}`)
}

const hasAwsCli = ((): boolean => {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The blocks between start and test are typed into one shell, as a reader would. */
function shell(script: string): string {
  const there = script
    .replaceAll('http://127.0.0.1:4000', started.api)
    .replaceAll('http://127.0.0.1:4001', started.aws)
  return execFileSync('bash', ['-euo', 'pipefail', '-c', there], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

beforeAll(async () => {
  started = await start(blocks[0]!)
}, 120_000)
afterAll(() => started?.stop())

test('the first block starts the runtime and the last one runs these tests', () => {
  expect(blocks[0]).toBe('npm start\n')
  expect(blocks.at(-1)).toBe('npm test\n')
})

test('the blocks start a migration, abort it, and show how it ended', () => {
  const tour = blocks.slice(1, -1).filter((block) => !block.includes('aws --endpoint-url'))
  expect(tour).toHaveLength(2)
  const out = shell(tour.join('\n'))
  expect(out).toMatch(/^[0-9a-f-]{36}\n/)
  expect(out).toContain('"never_starts"')
  expect(out).toContain('"state":"CANCELLING"')
  expect(out).toContain('"reason":"wrong bucket"')
  expect(out).toContain('"state":"CANCELLED"')
  expect(out).toContain('"event_type":"job.cancel.end"')
}, 60_000)

test.runIf(hasAwsCli)(
  'the AWS CLI sees the machine, the stopped execution and no open upload',
  () => {
    const out = shell(blocks.slice(1, -1).join('\n'))
    expect(out).toContain('standdown-object-migration')
    expect(out).toContain('"status": "ABORTED"')
    expect(out).toContain('"error": "JobAborted"')
    expect(out).not.toContain('UploadId"')
  },
  90_000,
)

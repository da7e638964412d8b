import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from '../scenarios/api-client.ts'
import { npmStart } from '../scenarios/npm-start.ts'
import { until } from '../scenarios/poll.ts'
import { lambdaWorkers } from '../scenarios/processes.ts'
import { median, round, SELDOM } from './figures.ts'
import { treeMib } from './process-memory.ts'

const ROUNDS = 3

/** `npm start` itself, built and seeded before, until the API answers. */
export async function start(dataDir: string) {
  await (await npmStart(dataDir)).stop()
  const taken: number[] = []
  for (let i = 0; i < ROUNDS; i += 1) taken.push(await startOnce(dataDir))
  return { api_answers_ms: round(median(taken), 0) }
}

async function startOnce(dataDir: string): Promise<number> {
  const port = await freePort()
  const own = { STANDDOWN_DATA: dataDir, STANDDOWN_API_PORT: String(port), STANDDOWN_AWS_PORT: '0' }
  const started = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, ...own },
    stdio: 'ignore',
    detached: true,
  })
  try {
    const look = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/templates`).then(
        ({ status }) => status === 200,
        () => false,
      )
    await until('the API to answer', look, { everyMs: 10 })
    return performance.now() - started
  } finally {
    await endGroup(child)
  }
}

/** npm goes before what it runs: the data folder is free for the next start once the whole group has gone. */
async function endGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return
  process.kill(-pid, 'SIGTERM')
  await until('the end of npm start', async () => !isThere(-pid))
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** The runtime with all its children: fresh, in mid-migration, and once its idle Lambda environments have gone. */
export async function memory(dataDir: string) {
  const runtime = await npmStart(dataDir)
  try {
    const api = new ApiClient(runtime.apiUrl)
    // A figure of a runtime at rest: what the start itself took may be freed by then.
    await sleep(5_000)
    const fresh = treeMib(runtime.pid)
    const input = {
      source: { bucket: 'photos' },
      destination: { bucket: 'photos-archive', prefix: 'bench/' },
    }
    const id = await api.start('object-migration', input)
    let most = 0
    while ((await api.view(id)).ended_at === null) {
      most = Math.max(most, treeMib(runtime.pid))
      await sleep(100)
    }
    await until('the idle environments to go', async () => lambdaWorkers(runtime.pid).length === 0, SELDOM)
    return { fresh_mib: fresh, in_mid_migration_mib: most, idle_again_mib: treeMib(runtime.pid) }
  } finally {
    await runtime.stop()
  }
}

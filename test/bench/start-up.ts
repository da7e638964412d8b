import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ApiClient } from '../scenarios/api-client.ts'
import { npmStart } from '../scenarios/npm-start.ts'
import { until } from '../scenarios/poll.ts'
import { median, round } from './figures.ts'
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
    ...{ cwd: join(import.meta.dirname, '../..'), env: { ...process.env, ...own } },
    ...{ stdio: 'ignore' as const, detached: true },
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

async function endGroup(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  if (child.pid) process.kill(-child.pid, 'SIGTERM')
  await exit
  // npm goes before what it runs: the data folder must be free for the next start.
  await sleep(2_500)
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
    await sleep(30_000)
    return { fresh_mib: fresh, in_mid_migration_mib: most, idle_again_mib: treeMib(runtime.pid) }
  } finally {
    await runtime.stop()
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createDynamoDb } from './dynamodb-client.ts'
import { emulatorBinary } from './emulator-binary.ts'
import { type LoopbackAddress, pickLoopbackAddress } from './loopback-address.ts'
import { endStaleEmulator, recordEmulator } from './stale-emulator.ts'

export type EmulatorOptions = {
  dbPath: string
  /** @default a random one */
  address?: LoopbackAddress
  log(line: string): void
}

export interface Emulator {
  /** Where it listens, the same over its restarts; waits while it restarts. */
  endpoint(): Promise<URL>
  close(): Promise<void>
}

// A helper shell holds the read end of a pipe of ours: when we die, by whatever signal, it kills the emulator.
const DIE_WITH_PARENT = '(read -r _; kill -9 $$) <&3 & exec "$@" 3<&-'
const READY_MS = 10_000
const RESTART_DELAY_MS = 50

/** Runs the emulator, starts it again when it dies, and never leaves it behind. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const pidFile = `${options.dbPath}.pid`
  await endStaleEmulator(pidFile, options.dbPath)
  const address = options.address ?? (await pickLoopbackAddress())
  let closed = false
  let started = false
  let child: ChildProcess | undefined
  let current = launch()
  current.catch(() => undefined)

  async function launch(): Promise<URL> {
    if (closed) throw new Error('the emulator is closed')
    const launched = spawnEmulator(options.dbPath, address)
    child = launched
    recordEmulator(pidFile, launched.pid)
    launched.once('exit', () => restart(launched))
    const url = new URL(`http://${address.host}:${address.port}`)
    if (await isReady(url, launched)) return url
    throw new Error(
      `the DynamoDB emulator does not open ${options.dbPath}; if it is damaged, move the data folder away`,
    )
  }
  function restart(dead: ChildProcess): void {
    dead.stdio[3]?.destroy()
    if (closed || !started) return
    options.log(`the DynamoDB emulator ended (${dead.signalCode ?? dead.exitCode}); starting it again`)
    current = sleep(RESTART_DELAY_MS).then(launch)
    current.catch(() => undefined)
  }

  try {
    await current
    started = true
  } catch (error) {
    await close()
    throw error
  }
  return { endpoint: () => current, close }

  async function close(): Promise<void> {
    if (closed) return
    closed = true
    const running = child
    if (running?.pid && running.exitCode === null && running.signalCode === null) {
      const gone = once(running, 'exit')
      running.kill('SIGKILL')
      await gone
    }
    recordEmulator(pidFile, undefined)
  }
}

// It answers any web page, whatever its Origin and Host: what keeps pages away is that they do not find it.
function spawnEmulator(dbPath: string, { host, port }: LoopbackAddress): ChildProcess {
  const serve = [emulatorBinary(), 'serve', '--host', host, '--port', String(port), '--db-path', dbPath]
  const child = spawn('/bin/sh', ['-c', DIE_WITH_PARENT, 'dynamodb', ...serve], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    // Its own process group: Ctrl-C in the terminal must reach us first.
    detached: true,
  })
  child.on('error', () => undefined)
  const pipe = child.stdio[3] as Socket | null
  pipe?.on('error', () => undefined)
  pipe?.unref()
  return child
}

async function isReady(url: URL, child: ChildProcess): Promise<boolean> {
  const client = createDynamoDb(async () => url)
  const deadline = Date.now() + READY_MS
  try {
    while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
      const answered = await client.call('ListTables', {}).then(
        () => true,
        () => false,
      )
      if (answered) return true
      await sleep(5)
    }
  } finally {
    client.close()
  }
  return false
}

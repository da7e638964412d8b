import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Started = {
  apiUrl: string
  awsUrl: string
  pid: number
  /** All that it said. */
  printed(): string
  kill(): Promise<void>
  stop(): Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')

/** What `npm start` runs, on free ports, with that data folder; ready once it has said how to use it. */
export function npmStart(dataDir: string, args: string[] = []): Promise<Started> {
  const child = spawn(process.execPath, [join(ROOT, 'cli/dev.ts'), ...args], optionsOf(dataDir))
  return ready(child, { stopSignal: 'SIGTERM', send: (signal) => void child.kill(signal) })
}

/** The same by a command line; it and all that it starts are stopped as by Ctrl-C. */
export function shellStart(command: string, dataDir: string): Promise<Started> {
  const child = spawn('bash', ['-c', command], { ...optionsOf(dataDir), detached: true })
  return ready(child, { stopSignal: 'SIGINT', send: (signal) => void process.kill(-child.pid!, signal) })
}

const optionsOf = (dataDir: string): SpawnOptions => ({
  cwd: ROOT,
  env: { ...process.env, STANDDOWN_DATA: dataDir, STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' },
  stdio: ['ignore', 'pipe', 'pipe'],
})

type Ending = { stopSignal: NodeJS.Signals; send(signal: NodeJS.Signals): void }

async function ready(child: ChildProcess, { stopSignal, send }: Ending): Promise<Started> {
  const printed: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void printed.push(text))
  const exit = once(child, 'exit')
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) send(signal)
    await exit
  }
  const urls = await Promise.race([readUrls(child, printed), exit.then(() => null)])
  const ends = { kill: () => end('SIGKILL'), stop: () => end(stopSignal) }
  if (urls) return { ...urls, ...ends, pid: child.pid ?? 0, printed: () => printed.join('') }
  throw new Error(`the start ended with ${child.exitCode}:\n${printed.join('')}`)
}

/** Null where the output ends before that; it is read to its end in any case, so that no write blocks. */
async function readUrls(child: ChildProcess, printed: string[]) {
  let apiUrl = ''
  let awsUrl = ''
  for await (const line of createInterface({ input: child.stdout! })) {
    printed.push(`${line}\n`)
    apiUrl = /^API +(\S+)/.exec(line)?.[1] ?? apiUrl
    awsUrl = /^AWS endpoint +(\S+)/.exec(line)?.[1] ?? awsUrl
    if (apiUrl && awsUrl && line.startsWith('# start')) {
      child.stdout?.setEncoding('utf8').on('data', (text: string) => void printed.push(text))
      child.stdout?.resume()
      return { apiUrl, awsUrl }
    }
  }
  return null
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const BIN = join(import.meta.dirname, '../../cli/bin.cjs')

export type Ended = { code: number | null; out: string; err: string }
export type Running = {
  pid: number
  out(): string
  err(): string
  signal(name: NodeJS.Signals): void
  ended: Promise<Ended>
}

type Env = Record<string, string>

/** A clean environment: what colours and which API is only what the test says. */
const envOf = (env: Env): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, HOME: process.env.HOME, ...env })

/** The command line as a process of its own, with pipes. */
export async function standdown(args: string[], env: Env, input = ''): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...args], { env: envOf(env) })
  child.stdin.on('error', () => undefined).end(input)
  const [out, err] = [text(child.stdout), text(child.stderr)]
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out: await out, err: await err }
}

/** The same, still running. */
export function begin(args: string[], env: Env): Running {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: envOf(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    signal: (name) => void child.kill(name),
    ended,
  }
}

/** The same on a terminal, which `script` makes: both streams are one there. */
export async function onTerminal(args: string[], env: Env): Promise<Ended> {
  const line = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: envOf({ TERM: 'xterm', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const out = await text(child.stdout)
  const code = child.exitCode ?? ((await once(child, 'exit')) as [number])[0]
  return { code, out, err: '' }
}

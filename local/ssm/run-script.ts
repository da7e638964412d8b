import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** `why`: it was stopped, by a cancel or as its time was over. */
export type ScriptEnd = {
  code: number
  stdout: string
  stderr: string
  why: 'cancelled' | 'timed-out' | null
}

export type ScriptOptions = {
  file: string
  directory: string
  env: Record<string, string>
  timeoutMs: number
  /** Stops it: TERM first, then KILL. */
  signal: AbortSignal
  /** Between TERM and KILL. @default 5000 */
  graceMs?: number
}

/** Of its output so much is kept. */
const MAX_CHARACTERS = 24_000
const GRACE_MS = 5_000
const DRAIN_MS = 500

/**
 * The script leads a process group of its own. Whatever of that is left when the script ends, or when this process
 * dies and so closes descriptor 3, is killed: nothing that a command started outlives it.
 */
const WATCHED = `(trap '' TERM; cat <&3; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec /bin/sh "$1"`

/** Runs a shell script to its end, or to the end that the signal or its time sets. */
export async function runScript(options: ScriptOptions): Promise<ScriptEnd> {
  const { file, directory, env, timeoutMs, signal, graceMs = GRACE_MS } = options
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', file], {
    cwd: directory,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const out = kept(child.stdout!)
  const err = kept(child.stderr!)
  let why: ScriptEnd['why'] = null
  let killing: NodeJS.Timeout | undefined
  const stop = (reason: ScriptEnd['why']): void => {
    why ??= reason
    send(child, 'SIGTERM')
    killing ??= setTimeout(() => send(child, 'SIGKILL'), graceMs)
  }
  const timer = setTimeout(() => stop('timed-out'), timeoutMs)
  const onAbort = (): void => stop('cancelled')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    await release(child)
    return {
      code: code ?? 128 + constants.signals[by!],
      stdout: out(),
      stderr: err() || (by ? `ended by ${by}\n` : ''),
      why,
    }
  } finally {
    clearTimeout(timer)
    clearTimeout(killing)
    signal.removeEventListener('abort', onAbort)
  }
}

/** Ends what the script left in its group, and reads the rest of what it printed. */
async function release(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  ;(child.stdio[3] as Socket | null)?.destroy()
  await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })])
}

/** The first characters, as Run Command keeps them. */
function kept(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    if (text.length < MAX_CHARACTERS) text = (text + chunk).slice(0, MAX_CHARACTERS)
  })
  return () => text
}

function send({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

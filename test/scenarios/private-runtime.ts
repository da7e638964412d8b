import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type PrivateRuntime = {
  apiUrl: string
  awsUrl: string
  pid: number
  /** What the runtime printed. */
  log(): string[]
  close(): Promise<void>
}

const SERVE = join(import.meta.dirname, '../jobs/serve.ts')

/** A runtime of our own with the test jobs, on free ports and a data folder that goes with it. */
export async function startPrivateRuntime(): Promise<PrivateRuntime> {
  const folder = await mkdtemp(join(tmpdir(), 'standdown-test-'))
  const child = spawn(process.execPath, [SERVE, folder], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => void lines.push(text))
  const close = async (): Promise<void> => {
    await end(child)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const urls = JSON.parse(await firstLine(child)) as { api_url: string; aws_url: string }
    return {
      apiUrl: urls.api_url,
      awsUrl: urls.aws_url,
      pid: child.pid ?? 0,
      log: () => lines.join('').split('\n'),
      close,
    }
  } catch (error) {
    await close()
    throw new Error(`the runtime did not start: ${lines.join('') || (error as Error).message}`)
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout! })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`it ended with ${code}`)
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  ended.catch(() => undefined)
  return line
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.stdin?.end()
  const cut = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exit
  clearTimeout(cut)
}

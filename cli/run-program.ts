import { spawn } from 'node:child_process'
import { once } from 'node:events'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs a program with this terminal, passes on what ends it, and answers its exit code. */
export async function runProgram(program: string, args: string[], cwd: string): Promise<number> {
  const child = spawn(program, args, { cwd, stdio: 'inherit' })
  // A terminal sends Ctrl-C to the child as well: here it only must not end the wait.
  const pass = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, pass)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    return code ?? (signal === 'SIGINT' ? 130 : 1)
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, pass)
  }
}

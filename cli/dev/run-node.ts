import { spawn } from 'node:child_process'

export type NodeOptions = { root: string; args: string[]; env: NodeJS.ProcessEnv; signal: AbortSignal }

/** Runs Node in a process of its own, so that what it loads does not stay in this one. Answers what it printed. */
export function runNode({ root, args, env, signal }: NodeOptions): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: root, env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(out).toString())
      const program = args.find((arg) => /\.[jt]s$/.test(arg))
      reject(new Error(`${program} failed:\n${Buffer.concat(err).toString().trimEnd()}`))
    })
  })
}

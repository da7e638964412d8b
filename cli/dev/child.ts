import { spawn } from 'node:child_process'

export type ChildOptions = { root: string; args: string[]; env: NodeJS.ProcessEnv; signal: AbortSignal }

/** Runs Node in a process of its own, so that what it loads does not stay in this one. Answers what it printed. */
export function runNode({ root, args, env, signal }: ChildOptions): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: root, env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString())
      else
        reject(
          new Error(
            `${args.find((arg) => arg.endsWith('.ts'))} failed:\n${Buffer.concat(err).toString().trimEnd()}`,
          ),
        )
    })
  })
}

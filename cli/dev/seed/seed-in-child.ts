import { join } from 'node:path'
import { runNode } from '../run-node.ts'
import type { SeedOptions } from './seed.ts'

const PROGRAM = `const { seed } = await import(process.argv[1])
  for (const line of await seed(JSON.parse(process.argv[2]))) console.log(line)`

/** Seeds in a process of its own, as the SDK it needs would stay in this one. Answers the lines to try things with. */
export async function seedInChild(
  { awsUrl, apiUrl, region }: SeedOptions,
  { root, signal }: { root: string; signal: AbortSignal },
): Promise<string> {
  const program = ['--input-type=module', '-e', PROGRAM, join(import.meta.dirname, 'seed.ts')]
  const args = [...program, JSON.stringify({ awsUrl, apiUrl, region })]
  const printed = await runNode({ root, args, env: process.env, signal })
  return printed.trimEnd()
}

import { join } from 'node:path'
import { runNode } from '../run-node.ts'
import type { SeedOptions } from './seed.ts'

const PROGRAM = `const { seed } = await import(process.argv[1])
  await seed(JSON.parse(process.argv[2]))`

/** Seeds in a process of its own, as the SDK it needs would stay in this one. */
export async function seedInChild(
  { awsUrl, region }: SeedOptions,
  { root, signal }: { root: string; signal: AbortSignal },
): Promise<void> {
  const program = ['--input-type=module', '-e', PROGRAM, join(import.meta.dirname, 'seed.ts')]
  const args = [...program, JSON.stringify({ awsUrl, region })]
  await runNode({ root, args, env: process.env, signal })
}

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const READER = join(import.meta.dirname, 'read-steps.ts')

/** What each bundle says of its step. Asked in a process of their own: once imported they hold clients and loggers. */
export function readSteps(bundles: string[]): unknown[] {
  if (bundles.length === 0) return []
  const answer = execFileSync(process.execPath, [READER, ...bundles], { encoding: 'utf8', stdio: 'pipe' })
  return JSON.parse(answer) as unknown[]
}

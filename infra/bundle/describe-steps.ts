import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

/** By its name: below node_modules it is compiled. */
const READER = createRequire(import.meta.url).resolve('#infra/bundle/read-steps.ts')

/** What each bundle says of its step. Asked in a process of their own: once imported they hold clients and loggers. */
export function readSteps(bundles: string[]): unknown[] {
  if (bundles.length === 0) return []
  const answer = execFileSync(process.execPath, [READER, ...bundles], { encoding: 'utf8', stdio: 'pipe' })
  return JSON.parse(answer) as unknown[]
}

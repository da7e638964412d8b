import { createHash } from 'node:crypto'
import { cpSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PREFIX = 'standdown'

/** `dist/functions/api/jobs` is the code of `standdown-api-jobs`. */
const functionOf = (bundle: string): string => `${PREFIX}-${bundle.replaceAll('/', '-')}`

/** Of each function's bundle what it is now: its folder, its code, and what its step says of itself. */
export type Bundles = Map<string, { folder: string; code: string; step: string }>

export function readBundles(out: string): Bundles {
  const names = globSync('**/index.mjs', { cwd: out }).map((file) => dirname(file))
  return new Map(names.map((name) => [functionOf(name), contentOf(join(out, name))]))
}

function contentOf(folder: string) {
  return { folder, code: digestOf(folder, '*.mjs'), step: digestOf(folder, 'step.json') }
}

function digestOf(folder: string, pattern: string): string {
  const hash = createHash('sha256')
  for (const file of globSync(pattern, { cwd: folder }).sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex')
}

/** A copy that no later build changes. */
export function copyOf(folder: string, place: string): string {
  cpSync(folder, place, { recursive: true })
  return place
}

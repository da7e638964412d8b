import { globSync } from 'node:fs'
import { join } from 'node:path'

/** Bundle name to source file: `steps/object-migration/verify` to `functions/steps/object-migration/verify.ts`. */
export type Entries = Record<string, string>

const PATTERNS = ['functions/{api,events,stand-down,steps}/*.ts', 'functions/steps/*/*.ts']

/** One deployed function per file; deeper folders hold what they share. */
export function productEntries(root: string): Entries {
  const files = PATTERNS.flatMap((pattern) =>
    globSync(pattern, { cwd: root, exclude: ['**/template.ts', '**/routes.ts'] }),
  ).sort()
  return Object.fromEntries(files.map((file) => [file.replace(/^functions\/(.*)\.ts$/, '$1'), file]))
}

export const bundleFolder = (root: string, name: string): string => join(root, 'dist/functions', name)

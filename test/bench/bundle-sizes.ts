import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** Of each function of the product, as deployed. */
export function bundleKb(): Record<string, number> {
  const files = globSync('dist/functions/**/index.mjs', { cwd: ROOT }).sort()
  const own = files.filter((file) => !file.includes('/test/'))
  return Object.fromEntries(
    own.map((file) => [
      file.slice('dist/functions/'.length, -'/index.mjs'.length),
      Math.round(statSync(join(ROOT, file)).size / 1024),
    ]),
  )
}

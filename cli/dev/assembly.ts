import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { runNode } from './run-node.ts'
import { addFiles, beginHash } from './source-hash.ts'

export type BuildOptions = {
  root: string
  outDir: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  log(line: string): void
}

const SOURCES = '{core,engine,aws,sdk,functions,infra}/**/*'
const FILES = ['package-lock.json', 'cdk.json']
/** What a module of more jobs may be made of: itself, what it imports, and the entries of its steps. */
const EXTRA_SOURCES = '**/*.{ts,mts,cts,js,mjs,cjs,json}'
const NOT_SOURCES = ['node_modules', 'dist', 'cdk.out']
/** What a deployment names, all of which is the user's own here: without it each call would be told as not granted. */
const EVERYTHING = { buckets: '*', documents: '*', actionFunctions: '*' }
const HASH_FILE = '.standdown-source'

/**
 * Bundles and synthesizes when the source has changed since the last time. Both run in processes of their own:
 * the CDK and the bundler would keep 200 MB in this one.
 */
export async function ensureAssembly({ root, outDir, env, signal, log }: BuildOptions): Promise<void> {
  const hashFile = join(outDir, HASH_FILE)
  const hash = hashSource(root, env.STANDDOWN_EXTRA_JOBS)
  const built = existsSync(join(outDir, 'manifest.json')) && existsSync(hashFile)
  if (built && readFileSync(hashFile, 'utf8') === hash) return
  log('bundling and synthesizing ...')
  rmSync(hashFile, { force: true })
  // The strict checks belong to the build (npm run validate, CI), not to every start.
  const quick = {
    ...env,
    CDK_CONTEXT_JSON: JSON.stringify(EVERYTHING),
    CDK_OUTDIR: outDir,
    CDK_VALIDATION: 'false',
    STANDDOWN_NAG: 'false',
    STANDDOWN_LOCAL: 'true',
  }
  await runNode({ root, args: ['infra/app.ts'], env: quick, signal })
  writeFileSync(hashFile, hash)
}

/**
 * What the assembly is made of. Of a module of more jobs that is the module and everything beside and below it;
 * what it imports from elsewhere, outside of the product, is not seen.
 */
export function hashSource(root: string, extraJobs: string | undefined): string {
  const hash = beginHash(extraJobs)
  addFiles(hash, root, [...globSync(SOURCES, { cwd: root }).sort(), ...FILES])
  if (extraJobs) {
    const folder = dirname(resolve(root, extraJobs))
    const exclude = (name: string): boolean => NOT_SOURCES.includes(name.split(/[/\\]/).at(-1) ?? '')
    addFiles(hash, folder, globSync(EXTRA_SOURCES, { cwd: folder, exclude }).sort())
  }
  return hash.digest('hex')
}

import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from './child.ts'

export type BuildOptions = {
  root: string
  outDir: string
  env: NodeJS.ProcessEnv
  signal: AbortSignal
  log(line: string): void
}

const SOURCES = '{core,engine,aws,sdk,functions,infra}/**/*'
const FILES = ['package-lock.json', 'cdk.json']
const HASH_FILE = '.standdown-source'

/**
 * Bundles and synthesizes when the source has changed since the last time. Both run in processes of their own:
 * the CDK and the bundler would keep 200 MB in this one.
 */
export async function ensureAssembly({ root, outDir, env, signal, log }: BuildOptions): Promise<void> {
  const hashFile = join(outDir, HASH_FILE)
  const hash = hashSource(root, env.STANDDOWN_EXTRA_JOBS ?? '')
  const built = existsSync(join(outDir, 'manifest.json')) && existsSync(hashFile)
  if (built && readFileSync(hashFile, 'utf8') === hash) return
  log('bundling and synthesizing ...')
  rmSync(hashFile, { force: true })
  // The strict checks belong to the build (npm run validate, CI), not to every start.
  const quick = { ...env, CDK_OUTDIR: outDir, CDK_VALIDATION: 'false', STANDDOWN_NAG: 'false' }
  await runNode({ root, args: ['infra/app.ts'], env: quick, signal })
  writeFileSync(hashFile, hash)
}

function hashSource(root: string, variant: string): string {
  const hash = createHash('sha256').update(`${process.version} ${variant}`)
  const found = globSync(SOURCES, { cwd: root }).sort()
  for (const name of [...found, ...FILES]) {
    const path = join(root, name)
    if (statSync(path).isFile()) hash.update(`\0${name}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

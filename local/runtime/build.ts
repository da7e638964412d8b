import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type BuildOptions = { root: string; outDir: string; env: NodeJS.ProcessEnv; log(line: string): void }

const SOURCES = '{core,aws,sdk,functions,infra}/**/*'
const FILES = ['package-lock.json', 'cdk.json']
const HASH_FILE = '.standdown-source'

/**
 * Bundles and synthesizes when the source has changed since the last time. Both run in processes of their own:
 * the CDK and the bundler would keep 200 MB in this one.
 */
export async function ensureAssembly({ root, outDir, env, log }: BuildOptions): Promise<void> {
  const hashFile = join(outDir, HASH_FILE)
  const hash = hashSource(root, env.STANDDOWN_EXTRA_JOBS ?? '')
  const built = existsSync(join(outDir, 'manifest.json')) && existsSync(hashFile)
  if (built && readFileSync(hashFile, 'utf8') === hash) return
  log('bundling and synthesizing ...')
  rmSync(hashFile, { force: true })
  await run(root, 'infra/bundle.ts', env)
  // The strict checks belong to the build (npm run synth, CI), not to every start.
  const quick = { ...env, CDK_OUTDIR: outDir, CDK_VALIDATION: 'false', STANDDOWN_NAG: 'false' }
  await run(root, 'infra/app.ts', quick)
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

function run(root: string, script: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [script], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const chunks: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${script} failed:\n${Buffer.concat(chunks).toString().trimEnd()}`))
    })
  })
}

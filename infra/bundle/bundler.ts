import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { readSteps } from './describe-steps.ts'
import type { Entry } from './entries.ts'
import { bundleName, bundlesOf, CODE_FILE, PRODUCT, STEP_FILE } from './layout.ts'
import { standIns } from './stand-ins.ts'

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

const OPTIONS = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
  banner: { js: REQUIRE_BANNER },
  plugins: [standIns],
} satisfies BuildOptions

export type BundleOptions = {
  entries: Entry[]
  /** The folder that entries are named from. @default the product's */
  root?: string
  /** @default `dist/functions` in the root */
  out?: string | undefined
}

/** What esbuild read and wrote: paths below the root. */
export type BundleResult = { names: string[]; metafile: Metafile }

/**
 * Bundles every entry into `<out>/<name>/index.mjs`, with a `step.json` beside each step's. Writes only what
 * changed; the same source gives the same bytes, so the same asset hash.
 */
export async function bundle({ entries, root = PRODUCT, out }: BundleOptions): Promise<BundleResult> {
  if (entries.length === 0) throw new Error('there is nothing to bundle: the app names no entry')
  for (const { file } of entries) {
    if (!existsSync(join(root, file)))
      throw new Error(`the entry ${file} does not exist in ${root}: correct it`)
  }
  const outdir = out ?? bundlesOf(root)
  const entryPoints = entries.map(({ file }) => ({ in: file, out: `${bundleName(file)}/index` }))
  const result = await build({ ...OPTIONS, absWorkingDir: root, entryPoints, outdir })
  for (const { path, contents } of result.outputFiles) writeCode(path, contents)
  describeSteps(entries.filter(({ isStep }) => isStep).map(({ file }) => join(outdir, bundleName(file))))
  return { names: entries.map(({ file }) => bundleName(file)), metafile: result.metafile }
}

/** Code that changed is asked again what it says of its step. */
function writeCode(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  rmSync(join(dirname(path), STEP_FILE), { force: true })
  writeWhole(path, contents)
}

function describeSteps(folders: string[]): void {
  const missing = folders.filter((folder) => !existsSync(join(folder, STEP_FILE)))
  const steps = readSteps(missing.map((folder) => join(folder, CODE_FILE)))
  for (const [index, folder] of missing.entries()) {
    writeWhole(join(folder, STEP_FILE), `${JSON.stringify(steps[index], null, 2)}\n`)
  }
}

/** By rename, so that a synth going on at the same time never reads half a file. */
function writeWhole(path: string, contents: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${dirname(path)}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

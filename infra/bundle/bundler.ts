import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { type BuildOptions, build, type OutputFile } from 'esbuild'
import pLimit from 'p-limit'
import { readSteps } from './describe-steps.ts'
import type { Entry } from './entries.ts'
import { bundleName, bundlesOf, CODE_FILE, PRODUCT, STEP_FILE } from './layout.ts'
import { type Outputs, reachedFrom } from './outputs.ts'
import { standIns } from './stand-ins.ts'

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/** Split, so that what is imported on demand is a file of its own, which a cold start does not read. */
const OPTIONS = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
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

/** The files of one function's folder: by their paths below the root, the one that Lambda imports is `start`. */
export type Bundle = { name: string; start: string; outputs: Outputs }

/**
 * Bundles every entry into `<out>/<name>/index.mjs` and what it imports on demand, with a `step.json` beside each
 * step's. Writes only what changed; the same source gives the same bytes, so the same asset hash.
 */
export async function bundle({ entries, root = PRODUCT, out }: BundleOptions): Promise<Bundle[]> {
  if (entries.length === 0) throw new Error('there is nothing to bundle: the app names no entry')
  for (const { file } of entries) {
    if (!existsSync(join(root, file)))
      throw new Error(`the entry ${file} does not exist in ${root}: correct it`)
  }
  const outdir = out ?? bundlesOf(root)
  // One build each: in a common one, each file would hold what any function needs of it.
  const bundles = await pLimit(availableParallelism()).map(entries, ({ file }) =>
    bundleEntry(file, root, outdir),
  )
  describeSteps(entries.filter(({ isStep }) => isStep).map(({ file }) => join(outdir, bundleName(file))))
  return bundles
}

async function bundleEntry(file: string, root: string, out: string): Promise<Bundle> {
  const name = bundleName(file)
  const outdir = join(out, name)
  const entryPoints = [{ in: file, out: 'index' }]
  const { outputFiles, metafile } = await build({ ...OPTIONS, absWorkingDir: root, entryPoints, outdir })
  const start = Object.keys(metafile.outputs).find((path) => basename(path) === CODE_FILE)!
  const outputs = reachedFrom(start, metafile.outputs, ['import-statement', 'dynamic-import'])
  const used = Object.keys(outputs).map((path) => resolve(root, path))
  writeFolder(
    outdir,
    outputFiles.filter(({ path }) => used.includes(path)),
  )
  return { name, start, outputs }
}

/** What the start imports comes before it; what no start imports any more goes last. */
function writeFolder(folder: string, files: OutputFile[]): void {
  const startLast = files.toSorted((a, b) => Number(isStart(a.path)) - Number(isStart(b.path)))
  for (const { path, contents } of startLast) writeCode(path, contents)
  const kept = files.map(({ path }) => basename(path))
  for (const file of globSync('*.mjs', { cwd: folder }).filter((name) => !kept.includes(name))) {
    rmSync(join(folder, file))
  }
}

const isStart = (path: string): boolean => basename(path) === CODE_FILE

/** Code that changed is asked again what it says of its step; the start's changes with what it imports. */
function writeCode(path: string, contents: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(contents)) return
  if (isStart(path)) rmSync(join(dirname(path), STEP_FILE), { force: true })
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

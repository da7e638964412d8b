import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Metafile } from 'esbuild'
import { bundleFolder, type Entries, productEntries } from './entries.ts'
import { leaveOut } from './stand-ins.ts'

const PRODUCT = join(import.meta.dirname, '../..')
const FILE = 'index.mjs'

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

const options = (root: string, entries: Entries): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: Object.entries(entries).map(([name, file]) => ({ in: file, out: `${name}/index` })),
  outdir: join(root, 'dist/functions'),
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
  plugins: [leaveOut],
})

export type BundleOptions = {
  /** The folder that holds `functions` and gets `dist`. @default the product's */
  root?: string
  /** More functions: bundle name to source file, as `{ 'steps/bench/no-op': 'test/bench/no-op.ts' }`. */
  extra?: Entries
}

export type Bundled = { names: string[]; metafile: Metafile }

/**
 * Bundles every function into `dist/functions/<name>/index.mjs`, with a `step.json` beside each step's.
 * Writes only what changed; the same source gives the same bytes, so the same asset hash.
 */
export async function bundle({ root = PRODUCT, extra = {} }: BundleOptions = {}): Promise<Bundled> {
  const entries = { ...productEntries(root), ...extra }
  const names = Object.keys(entries)
  if (names.length === 0) throw new Error(`no functions found in ${join(root, 'functions')}`)
  const result = await build(options(root, entries))
  const changed = (result.outputFiles ?? []).filter(({ path, contents }) => writeChanged(path, contents))
  const paths = new Set(changed.map(({ path }) => path))
  describeSteps(
    names.filter(isStep).map((name) => join(bundleFolder(root, name), FILE)),
    paths,
  )
  return { names, metafile: result.metafile! }
}

/** Steps live in the folder of their template: `steps/object-migration/verify`. */
const isStep = (name: string): boolean => /^steps\/.+\//.test(name)

/** By rename, so that a synth going on at the same time never reads half a file. */
function writeWhole(path: string, contents: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${dirname(path)}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

function writeChanged(path: string, contents: Uint8Array): boolean {
  if (existsSync(path) && readFileSync(path).equals(contents)) return false
  rmSync(stepFile(path), { force: true })
  writeWhole(path, contents)
  return true
}

/** Asks the bundles themselves, in a process of their own: once imported they hold clients and loggers. */
function describeSteps(files: string[], changed: Set<string>): void {
  const asked = files.filter((file) => changed.has(file) || !existsSync(stepFile(file)))
  if (asked.length === 0) return
  const reader = join(import.meta.dirname, 'read-steps.ts')
  const told = JSON.parse(
    execFileSync(process.execPath, [reader, ...asked], { encoding: 'utf8', stdio: 'pipe' }),
  )
  for (const file of asked) writeWhole(stepFile(file), `${JSON.stringify(told[file], null, 2)}\n`)
}

const stepFile = (file: string): string => join(dirname(file), 'step.json')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const { names, metafile } = await bundle()
  const sizes = Object.values(metafile.outputs).map((output) => output.bytes)
  const total = Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1024)
  console.log(`${names.length} bundles, ${total} KB, ${Math.round(performance.now() - started)} ms`)
}

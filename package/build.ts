import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PAGE_FOLDER } from '#cli/console/page.ts'
import { compile } from './compile.ts'
import { type Manifest, writeManifest } from './manifest.ts'
import { bundleProduct } from './product-bundles.ts'

/** `npm run pack [folder]`: both packages, each as a folder and as a tarball, into `dist/packages` or that folder. */
const ROOT = join(import.meta.dirname, '..')
const OUT = process.argv[2] ?? join(ROOT, 'dist', 'packages')

const PROGRAMS = [
  'cli/standdown.ts',
  'cli/dev-app.ts',
  'cli/dev/left-work.ts',
  'infra/bundle/bundle-entry.ts',
  'infra/bundle/read-steps.ts',
  'aws/stand-ins/lambda-credentials.ts',
  'aws/stand-ins/lru-cache.ts',
]
/** What is written out for a user is text here: nobody runs it, and no tool of theirs takes it for a test. */
const SCAFFOLD = 'cli/init/scaffold'
/** The others are for our own tests. */
const LOCAL_EXPORTS = ['.', './s3', './template']

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

async function standdown(out: string): Promise<void> {
  const source = manifestOf(ROOT)
  await compile({ root: ROOT, exported: Object.values(source.exports), programs: PROGRAMS, out })
  for (const file of ['cli/bin.cjs', 'cli/node-version.cjs']) {
    writeFileSync(join(out, file), readFileSync(join(ROOT, file), 'utf8').replace(".ts'", ".js'"))
  }
  for (const file of filesIn(SCAFFOLD)) cpSync(join(ROOT, SCAFFOLD, file), join(out, SCAFFOLD, `${file}.txt`))
  const optionalPeers = ['aws-cdk-lib', 'constructs']
  const bin = { standdown: 'cli/bin.cjs' }
  // It has platform-bound parts, and its name is not ours on npm: standdown dev says how to install it.
  const untold = ['standdown-local']
  writeManifest({ source, out, bin, optionalPeers, untold })
  await bundleProduct(join(out, 'dist', 'functions'))
  cpSync(PAGE_FOLDER, join(out, 'console', 'dist'), {
    recursive: true,
    filter: (path) => !/[/\\]\.[^/\\]*$/.test(path),
  })
}

async function standdownLocal(out: string): Promise<void> {
  const root = join(ROOT, 'local')
  const { exports, ...source } = manifestOf(root)
  const forUsers = Object.fromEntries(LOCAL_EXPORTS.map((name) => [name, exports[name]!]))
  await compile({ root, exported: Object.values(forUsers), programs: ['lambda/worker.ts'], out })
  const { optionalDependencies = {} } = source
  writeManifest({ source: { ...source, exports: forUsers }, out, optionalDependencies })
}

const filesIn = (folder: string): string[] =>
  globSync('**/*', { cwd: join(ROOT, folder) }).filter((file) => statSync(join(ROOT, folder, file)).isFile())

function pack(folder: string): string {
  for (const file of ['LICENSE', 'README.md']) cpSync(join(ROOT, file), join(folder, file))
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', OUT, folder]
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' }))
  return join(OUT, filename)
}

const PACKAGES = { 'standdown-local': standdownLocal, standdown }

execFileSync(process.execPath, [join(ROOT, 'cli/console/build.ts')], { stdio: 'inherit' })
for (const [name, build] of Object.entries(PACKAGES)) {
  const folder = join(OUT, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build(folder)
  console.log(pack(folder))
}

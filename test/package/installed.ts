import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { tarballs } from './tarballs.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The Node of this project comes first on the PATH, as a user's own would. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
const PEERS = ['aws-cdk-lib', 'constructs']
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const TYPES = [
  '--noEmit',
  '--module',
  'nodenext',
  '--strict',
  '--allowImportingTsExtensions',
  '--skipLibCheck',
].concat(['--types', 'node', '--target', 'es2024'])
const ENV = { ...process.env, PATH, CDK_VALIDATION: 'false' }

export type Installed = {
  folder: string
  run(program: string, ...args: string[]): string
  /** What TypeScript has to say of these files. */
  types(...files: string[]): string
  remove(): void
}

/** A folder of a user's, outside of the repository: `npm init`, the tarballs, and what `standdown init` writes. */
export async function installed(): Promise<Installed> {
  const theirs = await installedFor({ name: 'theirs', private: true, type: 'commonjs' })
  theirs.run('node_modules/.bin/standdown', 'init')
  cpSync(join(import.meta.dirname, 'programs'), theirs.folder, { recursive: true })
  return theirs
}

/** The same for a project that is there: a copy of it, with the tarballs of these sources. */
export async function installedExample(project: string): Promise<Installed> {
  const {
    dependencies,
    devDependencies: _tarball,
    ...manifest
  } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const ours = ['standdown', ...PEERS]
  const others = Object.entries(dependencies).filter(([name]) => !ours.includes(name))
  const theirs = await installedFor({ ...manifest, dependencies: Object.fromEntries(others) })
  const isSource = (path: string): boolean => !/(package\.json|node_modules)$/.test(path)
  cpSync(project, theirs.folder, { recursive: true, filter: isSource })
  return theirs
}

async function installedFor(manifest: object): Promise<Installed> {
  const packed = await tarballs()
  const folder = mkdtempSync(join(tmpdir(), 'standdown-user-'))
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, {
      cwd: folder,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', packed.standdown, packed.local)
  // The CDK is the same one, and half of what npm would have to fetch.
  for (const peer of PEERS) symlinkSync(join(ROOT, 'node_modules', peer), join(folder, 'node_modules', peer))
  const types = (...files: string[]): string =>
    run('node', TSC, ...TYPES, '--typeRoots', join(ROOT, 'node_modules/@types'), ...files)
  return { folder, run, types, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

export type Running = { apiUrl: string; lines: string[]; stop(): Promise<void> }

/** `standdown dev` with these options, until it has told where it is. */
export async function runDev({ folder }: Installed, ...options: string[]): Promise<Running> {
  const env = { ...ENV, STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' }
  const child = spawn('node_modules/.bin/standdown', ['dev', ...options], { cwd: folder, env })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  const lines: string[] = []
  const told = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const [, url] = /^API +(\S+)/.exec(line) ?? []
      if (url) resolve(url)
    })
    child.once('close', () => reject(new Error(`standdown dev ended:\n${lines.join('\n')}`)))
  })
  return { apiUrl: await told, lines, stop }
}

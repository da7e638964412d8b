import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { tarballs } from './tarballs.ts'

const ROOT = join(import.meta.dirname, '../..')
/** The Node of this project comes first on the PATH, as a user's own would. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
export const PEERS = ['aws-cdk-lib', 'constructs']
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
  /** What is typed into a terminal. */
  shell(script: string): string
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
  const theirs = newFolder()
  writeFileSync(join(theirs.folder, 'package.json'), JSON.stringify(manifest))
  theirs.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', packed.standdown, packed.local)
  const modules = join(theirs.folder, 'node_modules')
  // The CDK is the same one, and half of what npm would have to fetch.
  for (const peer of PEERS) symlinkSync(join(ROOT, 'node_modules', peer), join(modules, peer))
  return theirs
}

/** A folder with nothing in it but what `init` makes there, and what is installed in the other one. */
export function emptyFolder({ folder }: Installed, init: string): Installed {
  const theirs = newFolder()
  theirs.shell(init)
  symlinkSync(join(folder, 'node_modules'), join(theirs.folder, 'node_modules'))
  return theirs
}

function newFolder(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'standdown-user-'))
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, {
      cwd: folder,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const shell = (script: string): string =>
    run('bash', '-euo', 'pipefail', '-c', `export XDG_STATE_HOME=$PWD/.state; ${script}`)
  const types = (...files: string[]): string =>
    run('node', TSC, ...TYPES, '--typeRoots', join(ROOT, 'node_modules/@types'), ...files)
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  return { folder, run, shell, types, remove }
}

export type Running = { apiUrl: string; awsUrl: string; lines: string[]; stop(): Promise<void> }

/** `standdown dev` as it is typed, until it has told where it is. */
export async function runDev({ folder }: Installed, typed: string): Promise<Running> {
  const env = { ...ENV, STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' }
  const child = spawn('bash', ['-c', typed], { cwd: folder, env, detached: true })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    // To all that it began, as Ctrl-C.
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT')
    await ended
  }
  const lines: string[] = []
  const told = new Promise<{ apiUrl: string; awsUrl: string }>((resolve, reject) => {
    const urls: Record<string, string> = {}
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line)
      const [, what, url] = /^(API|AWS endpoint) +(\S+)/.exec(line) ?? []
      if (what && url) urls[what] = url
      const { API: apiUrl, 'AWS endpoint': awsUrl } = urls
      if (apiUrl && awsUrl) resolve({ apiUrl, awsUrl })
    })
    child.once('close', () => reject(new Error(`standdown dev ended:\n${lines.join('\n')}`)))
  })
  return { ...(await told), lines, stop }
}

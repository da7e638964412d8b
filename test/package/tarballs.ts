import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { addFiles, beginHash } from '#cli/dev/source-hash.ts'

const ROOT = join(import.meta.dirname, '../..')
const OUT = join(ROOT, 'dist/packages')
const LOCK = join(ROOT, 'dist/packages.lock')
const HASH_FILE = join(OUT, '.standdown-source')
const SOURCES = '{aws,cli,client,console,core,engine,functions,infra,local,package,sdk}/**/*'
const FILES = ['package.json', 'package-lock.json', 'tsconfig.json', 'README.md']
/** A build takes ten seconds, on a busy machine a minute; who was killed in mid-build left its lock. */
const STALE_MS = 180_000

export type Tarballs = { standdown: string; local: string }

/** The packages as users get them, built once for all test files and only when their sources have changed. */
export async function tarballs(): Promise<Tarballs> {
  await locked(() => {
    const hash = hashSources()
    if (existsSync(HASH_FILE) && readFileSync(HASH_FILE, 'utf8') === hash) return
    execFileSync(process.execPath, ['package/build.ts'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    writeFileSync(HASH_FILE, hash)
  })
  return { standdown: join(OUT, 'standdown-0.1.0.tgz'), local: join(OUT, 'standdown-local-0.1.0.tgz') }
}

/** Test files run in processes of their own. */
async function locked(work: () => void): Promise<void> {
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  while (!took()) await pause(200)
  try {
    work()
  } finally {
    rmdirSync(LOCK)
  }
}

function took(): boolean {
  try {
    mkdirSync(LOCK)
    return true
  } catch {
    const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > STALE_MS) rmdirSync(LOCK)
    return false
  }
}

function hashSources(): string {
  const exclude = (name: string): boolean => /(^|[/\\])(node_modules|dist|test)$/.test(name)
  const hash = beginHash()
  addFiles(hash, ROOT, [...globSync(SOURCES, { cwd: ROOT, exclude }).sort(), ...FILES])
  return hash.digest('hex')
}

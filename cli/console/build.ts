import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runNode } from '../dev/run-node.ts'
import { addFiles, beginHash } from '../dev/source-hash.ts'
import { PAGE_FOLDER } from './page.ts'

/** A program: builds the page when what it is made of has changed since the last time. */
const ROOT = join(import.meta.dirname, '..', '..')
const SOURCES = '{console,core,client}/**/*'
const FILES = ['package-lock.json', 'tsconfig.json']
const HASH_FILE = join(PAGE_FOLDER, '.standdown-source')

function hashPage(): string {
  const exclude = (name: string): boolean => /(^|[/\\])(node_modules|dist)$/.test(name)
  const hash = beginHash()
  addFiles(hash, ROOT, [...globSync(SOURCES, { cwd: ROOT, exclude }).sort(), ...FILES])
  return hash.digest('hex')
}

async function build(): Promise<void> {
  const hash = hashPage()
  if (existsSync(HASH_FILE) && readFileSync(HASH_FILE, 'utf8') === hash) return
  rmSync(HASH_FILE, { force: true })
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', 'console', '--logLevel', 'error']
  await runNode({ root: ROOT, args, env: process.env, signal: new AbortController().signal })
  writeFileSync(HASH_FILE, hash)
}

try {
  await build()
} catch (error) {
  console.error(`standdown: the console could not be built: ${(error as Error).message}`)
  process.exit(1)
}

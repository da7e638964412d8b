import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const VERSION = 1
const LOCK = 'runtime.pid'

/** The file that marks a folder as one of these, and what the caller calls the setting that names the folder. */
export type DataFolderNames = { marker: string; setting: string }

/** Takes the data folder for this process alone; answers how to give it back. */
export function openDataFolder(directory: string, { marker, setting }: DataFolderNames): () => void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`cannot make the data folder ${directory}: ${(error as Error).message}`)
  }
  checkMarker(directory, { marker, setting })
  return lock(directory, setting)
}

function checkMarker(directory: string, { marker, setting }: DataFolderNames): void {
  const path = join(directory, marker)
  if (!existsSync(path)) {
    const strangers = readdirSync(directory).filter((name) => !name.startsWith(LOCK))
    if (strangers.length > 0) {
      throw new Error(`${directory} holds other files (${strangers[0]}); set ${setting} to an empty folder`)
    }
    writeFileSync(path, `${JSON.stringify({ version: VERSION })}\n`, { mode: 0o600 })
    return
  }
  const version = versionIn(path)
  if (version === VERSION) return
  throw new Error(
    `the data folder ${directory} has version ${version}, this runtime reads ${VERSION}; move the folder away`,
  )
}

function versionIn(path: string): unknown {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { version?: unknown }).version
  } catch (error) {
    throw new Error(`the data folder is damaged: ${path}: ${(error as Error).message}; move the folder away`)
  }
}

function lock(directory: string, setting: string): () => void {
  const path = join(directory, LOCK)
  for (;;) {
    if (create(path)) return () => rmSync(path, { force: true })
    const holder = readFileSync(path, 'utf8')
    const pid = Number.parseInt(holder, 10)
    if (pid > 0 && isAlive(pid) && identityOf(pid) === holder) {
      throw new Error(
        `the data folder ${directory} is in use by process ${pid}; stop that one or set ${setting}`,
      )
    }
    rmSync(path, { force: true })
  }
}

// Linked into place, so that nobody ever reads a half-written lock.
function create(path: string): boolean {
  const own = `${path}.${process.pid}`
  writeFileSync(own, identityOf(process.pid), { mode: 0o600 })
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own)
  }
}

// A pid alone may have been given to someone else since: with its start time it names one process. A process that
// has ended keeps its pid until its parent asks for its exit (states Z and X): it holds nothing any more.
function identityOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')')).split(' ')
    return fields[1] === 'Z' || fields[1] === 'X' ? 'ended' : `${pid} ${fields[20]}`
  } catch {
    return `${pid}`
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

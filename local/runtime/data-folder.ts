import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { identityOf } from '#local/process/identity.ts'

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
  closeToOthers(directory)
  return lock(directory, setting)
}

/** A folder that was there before may be open to all; only now is it known to be one of ours. */
function closeToOthers(directory: string): void {
  try {
    chmodSync(directory, 0o700)
  } catch (error) {
    throw new Error(`cannot close the data folder ${directory} to others: ${(error as Error).message}`)
  }
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
    if (pid > 0 && identityOf(pid) === holder) {
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
  writeFileSync(own, identityOf(process.pid) ?? '', { mode: 0o600 })
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

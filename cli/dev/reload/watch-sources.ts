import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { basename, join } from 'node:path'

/** Editors write a file in several steps, and a checkout many files. */
const QUIET_MS = 200

const SOURCE = /\.(ts|mts|cts|js|mjs|cjs|json)$/
/** Installed, built, or of a tool: too many to be watched, and not written by hand. */
const NOT_SOURCES = /^(node_modules|dist|cdk\.out|coverage|\..*)$/

/** `deep` with all that is below them, `shallow` without; never what is in `except`. */
export type Watched = { deep: string[]; shallow: string[]; except?: string[] }
export type WatchOptions = Watched & { signal: AbortSignal }

/** Calls `changed` once the sources are quiet after a change, never twice at once, until the signal. */
export function watchSources({ signal, ...watched }: WatchOptions, changed: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()
  const notice = (file: string): void => {
    if (!SOURCE.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      work = work.then(changed)
    }, QUIET_MS)
  }
  const close = watchFolders(watched, notice)
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    close()
  })
}

/**
 * A watcher for each folder: Node's recursive one loses a file that is replaced, as many editors save it, and sees
 * only its first change.
 */
function watchFolders({ deep, shallow, except = [] }: Watched, notice: (file: string) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const holdsSources = (folder: string): boolean =>
    !NOT_SOURCES.test(basename(folder)) && !except.includes(folder)
  const add = (folder: string, isDeep: boolean, isNew = false): void => {
    if (watchers.has(folder)) return
    const watcher = watch(folder, (_event, file) => {
      if (file === null) return
      const path = join(folder, file)
      if (isDeep && isFolder(path) && holdsSources(path)) add(path, true, true)
      notice(path)
    })
    // One that has gone has nothing more to tell; made again, it is another.
    const forget = (): void => void watchers.delete(folder)
    watchers.set(folder, watcher.on('error', forget).on('close', forget))
    if (!isDeep) return
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory() && holdsSources(path)) add(path, true, isNew)
      // It was written before its folder was watched.
      else if (isNew) notice(path)
    }
  }
  for (const folder of deep) add(folder, true)
  for (const folder of shallow) add(folder, false)
  return () => {
    for (const watcher of watchers.values()) watcher.close()
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

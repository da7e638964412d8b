import { watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface WriteWatch {
  listen(listener: () => void): void
  close(): void
}

/**
 * Tells when something was written to the database, by whoever: SQLite appends each commit to its log. Undefined
 * where the system gives no watch.
 */
export function watchWrites(dbPath: string, log: (line: string) => void): WriteWatch | undefined {
  const listeners: (() => void)[] = []
  const logFile = `${basename(dbPath)}-wal`
  try {
    // The folder, as SQLite may remove its log and make a new one.
    const watcher = watch(dirname(dbPath), (_, name) => {
      if (name === logFile) for (const listener of listeners) listener()
    })
    watcher.on('error', ({ message }) => log(`writes to ${dbPath} are noticed late from now on: ${message}`))
    return { listen: (listener) => void listeners.push(listener), close: () => watcher.close() }
  } catch (error) {
    log(`writes to ${dbPath} cannot be watched, so every call takes the detour: ${(error as Error).message}`)
    return undefined
  }
}

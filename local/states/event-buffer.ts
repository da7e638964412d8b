import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { EventRow } from './execution-log.ts'

/** History may be this late in the database; the row of an execution never is. */
const FLUSH_MS = 25

/** Collects history events, so that a run of quick states costs one transaction. */
export function bufferEvents(db: DatabaseSync, { path, write }: { path: string; write: StatementSync }) {
  let buffer: EventRow[] = []
  let timer: NodeJS.Timeout | undefined

  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }

  const writeBuffer = () => {
    stop()
    for (const row of buffer) {
      write.run(row.execution, row.id, row.previous, row.type, row.at_ms, row.details)
    }
  }

  /** One transaction: the events so far and the change. */
  const commit = <T>(change: () => T): T => {
    db.exec('BEGIN IMMEDIATE')
    try {
      writeBuffer()
      const result = change()
      db.exec('COMMIT')
      buffer = []
      return result
    } catch (error) {
      db.exec('ROLLBACK')
      throw error
    }
  }

  const flush = () => {
    if (buffer.length > 0) commit(() => undefined)
  }

  const flushLater = () => {
    try {
      flush()
    } catch (error) {
      console.error(`the history could not be written to ${path}: ${(error as Error).message}`)
    }
  }

  const add = (row: EventRow) => {
    buffer.push(row)
    timer ??= setTimeout(flushLater, FLUSH_MS)
  }

  return { add, commit, flush, stop }
}

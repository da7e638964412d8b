import { DatabaseSync } from 'node:sqlite'

// The emulator numbers each stream record by MAX(CAST(sequence_number AS INTEGER)) of its table, a scan of the
// whole log per write. This index answers it: 0.65 ms per write at 8,000 records instead of 6.3 ms.
const INDEX = `CREATE INDEX IF NOT EXISTS stream_by_number
  ON _stream_records (table_name, CAST(sequence_number AS INTEGER))`

// The newest record stays: without it the numbers would start again at 1, behind every position.
const TRIM = `DELETE FROM _stream_records WHERE table_name = ? AND CAST(sequence_number AS INTEGER) < ?
  AND created_at < ?
  AND CAST(sequence_number AS INTEGER) <
    (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?)`

// As on AWS: a record can be read for a day.
const READABLE_SECONDS = 24 * 3600

export type Consumed = { tableName: string; before: number }

/** Keeps the emulator's stream log fast: an index, and no old records that everyone has consumed. */
export function indexStreamLog(dbPath: string): void {
  withDatabase(dbPath, (database) => database.exec(INDEX))
}

export function trimStreamLog(dbPath: string, { tableName, before }: Consumed, now = Date.now()): void {
  withDatabase(dbPath, (database) =>
    database.prepare(TRIM).run(tableName, before, Math.floor(now / 1000) - READABLE_SECONDS, tableName),
  )
}

function withDatabase(dbPath: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(dbPath, { timeout: 5_000 })
  try {
    work(database)
  } finally {
    database.close()
  }
}

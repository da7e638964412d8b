import { DatabaseSync } from 'node:sqlite'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS definitions (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE IF NOT EXISTS executions (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    machine TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT NOT NULL,
    output TEXT,
    error TEXT,
    cause TEXT,
    start_ms INTEGER NOT NULL,
    stop_ms INTEGER,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redrive_ms INTEGER,
    definition INTEGER NOT NULL REFERENCES definitions (id)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_machine ON executions (machine, start_ms, id);
  CREATE INDEX IF NOT EXISTS running ON executions (status) WHERE status = 'RUNNING';
  CREATE TABLE IF NOT EXISTS events (
    execution INTEGER NOT NULL,
    id INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    type TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    details TEXT,
    PRIMARY KEY (execution, id)
  ) STRICT, WITHOUT ROWID;
`

export function openDatabase(path: string): DatabaseSync {
  try {
    const db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000')
    db.exec(SCHEMA)
    return db
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(
      `cannot open the execution history ${path}: ${reason}; move the file away to start afresh`,
    )
  }
}

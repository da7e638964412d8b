import { bufferEvents } from './event-buffer.ts'
import { openDatabase } from './log-database.ts'

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'

export type ExecutionRow = {
  id: number
  arn: string
  machine: string
  name: string
  status: Status
  input: string
  output: string | null
  error: string | null
  cause: string | null
  start_ms: number
  stop_ms: number | null
  redrive_count: number
  redrive_ms: number | null
  definition: number
}

export type EventRow = {
  execution: number
  id: number
  previous: number
  type: string
  at_ms: number
  details: string | null
}

export type End = { status: Status; output?: string; error?: string | undefined; cause?: string | undefined }

export type ExecutionLog = ReturnType<typeof createExecutionLog>

const RETENTION_MS = 90 * 24 * 3600 * 1000

export function createExecutionLog(path: string) {
  const db = openDatabase(path)
  const sql = prepare(db)
  const { add, commit, flush, stop } = bufferEvents(db, { path, write: sql.addEvent })
  commit(() => {
    const before = Date.now() - RETENTION_MS
    sql.pruneEvents.run(before)
    sql.prune.run(before)
    sql.pruneDefinitions.run()
  })

  return {
    flush,
    addEvent: add,
    insert(
      row: Pick<ExecutionRow, 'arn' | 'machine' | 'name' | 'input' | 'start_ms'>,
      definition: string,
    ): number {
      return commit(() => {
        sql.addDefinition.run(definition)
        const { arn, machine, name, input, start_ms } = row
        return Number(sql.insert.run(arn, machine, name, input, start_ms, definition).lastInsertRowid)
      })
    },
    end(id: number, { status, output, error, cause }: End, stopMs: number) {
      commit(() => sql.end.run(status, output ?? null, error ?? null, cause ?? null, stopMs, id))
    },
    redrive(id: number, atMs: number) {
      commit(() => sql.redrive.run(atMs, id))
    },
    find: (arn: string) => sql.find.get(arn) as ExecutionRow | undefined,
    running: () => sql.running.all() as ExecutionRow[],
    definition: (id: number) => (sql.definition.get(id) as { text: string }).text,
    list: (machine: string, page: { status: string | null; before: [number, number]; limit: number }) =>
      sql.list.all(machine, page.status, page.status, ...page.before, page.limit) as ExecutionRow[],
    events(execution: number, page: { after: number; limit: number; reverse?: boolean }) {
      flush()
      const query = page.reverse ? sql.eventsBackward : sql.events
      return query.all(execution, page.after, page.limit) as EventRow[]
    },
    lastEvent(execution: number): number {
      flush()
      return (sql.lastEvent.get(execution) as { id: number | null }).id ?? 0
    },
    close() {
      flush()
      stop()
      db.close()
    },
  }
}

function prepare(db: ReturnType<typeof openDatabase>) {
  return {
    addDefinition: db.prepare('INSERT OR IGNORE INTO definitions (text) VALUES (?)'),
    definition: db.prepare('SELECT text FROM definitions WHERE id = ?'),
    insert: db.prepare(`INSERT INTO executions (arn, machine, name, status, input, start_ms, definition)
      VALUES (?, ?, ?, 'RUNNING', ?, ?, (SELECT id FROM definitions WHERE text = ?))`),
    end: db.prepare(`UPDATE executions SET status = ?, output = ?, error = ?, cause = ?, stop_ms = ?
      WHERE id = ? AND status = 'RUNNING'`),
    redrive: db.prepare(`UPDATE executions SET status = 'RUNNING', output = NULL, error = NULL, cause = NULL,
      stop_ms = NULL, redrive_count = redrive_count + 1, redrive_ms = ? WHERE id = ?`),
    find: db.prepare('SELECT * FROM executions WHERE arn = ?'),
    running: db.prepare(`SELECT * FROM executions WHERE status = 'RUNNING' ORDER BY id`),
    list: db.prepare(`SELECT * FROM executions WHERE machine = ? AND (? IS NULL OR status = ?)
      AND (start_ms, id) < (?, ?) ORDER BY start_ms DESC, id DESC LIMIT ?`),
    addEvent: db.prepare('INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?, ?)'),
    events: db.prepare('SELECT * FROM events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?'),
    eventsBackward: db.prepare(
      'SELECT * FROM events WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?',
    ),
    lastEvent: db.prepare('SELECT max(id) AS id FROM events WHERE execution = ?'),
    pruneEvents: db.prepare(`DELETE FROM events WHERE execution IN
      (SELECT id FROM executions WHERE status <> 'RUNNING' AND stop_ms < ?)`),
    prune: db.prepare(`DELETE FROM executions WHERE status <> 'RUNNING' AND stop_ms < ?`),
    pruneDefinitions: db.prepare(
      'DELETE FROM definitions WHERE id NOT IN (SELECT definition FROM executions)',
    ),
  }
}

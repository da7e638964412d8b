import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { BusEvent } from '#local/types.ts'

/** One accepted event on its way to one target. */
export type Delivery = {
  id: number
  bus: string
  rule: string
  target: string
  event: BusEvent
  attempts: number
  acceptedAt: number
}

export type DeliveryQueue = {
  add(deliveries: Omit<Delivery, 'id'>[]): Delivery[]
  setAttempts(id: number, attempts: number): void
  remove(id: number): void
  all(): Delivery[]
  close(): void
}

/** The deliveries still owed, in a SQLite file, so that a kill loses none. */
export function openDeliveryQueue(dataDir: string): DeliveryQueue {
  const db = openDatabase(dataDir)
  const insert = db.prepare(
    'INSERT INTO delivery (bus, rule, target, event, attempts, accepted_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const update = db.prepare('UPDATE delivery SET attempts = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM delivery WHERE id = ?')
  const select = db.prepare('SELECT * FROM delivery ORDER BY id')

  const addOne = (delivery: Omit<Delivery, 'id'>): Delivery => {
    const { bus, rule, target, event, attempts, acceptedAt } = delivery
    const { lastInsertRowid } = insert.run(bus, rule, target, JSON.stringify(event), attempts, acceptedAt)
    return { ...delivery, id: Number(lastInsertRowid) }
  }
  return {
    add(deliveries) {
      db.exec('BEGIN')
      try {
        const added = deliveries.map(addOne)
        db.exec('COMMIT')
        return added
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
    },
    setAttempts: (id, attempts) => void update.run(attempts, id),
    remove: (id) => void remove.run(id),
    all: () => select.all().map(deliveryOf),
    close: () => db.close(),
  }
}

function deliveryOf(row: Record<string, unknown>): Delivery {
  const { accepted_at: acceptedAt, event, ...rest } = row
  return { ...rest, acceptedAt, event: JSON.parse(String(event)) } as Delivery
}

function openDatabase(dataDir: string): DatabaseSync {
  const file = join(dataDir, 'deliveries.sqlite')
  mkdirSync(dataDir, { recursive: true })
  try {
    const db = new DatabaseSync(file)
    // NORMAL in WAL mode: a killed process loses nothing, and a write costs no fsync.
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS delivery (id INTEGER PRIMARY KEY AUTOINCREMENT, bus TEXT NOT NULL,
        rule TEXT NOT NULL, target TEXT NOT NULL, event TEXT NOT NULL, attempts INTEGER NOT NULL,
        accepted_at INTEGER NOT NULL)`)
    return db
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(
      `cannot open the event queue ${file} (${reason}); remove it to start without what it holds`,
    )
  }
}

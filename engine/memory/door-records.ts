import type { DoorRecord, DoorRecords, RecordChange, RecordKey } from '../door-records.ts'
import type { Page, PageQuery } from '../ports.ts'
import { pageOf } from './page.ts'
import { atOnce, type Wire } from './table.ts'

type Stored = { version: number; text: string | null; write: number }

export class MemoryDoorRecords implements DoorRecords {
  private readonly stored = new Map<string, Stored>()
  private readonly wire: Wire
  private writes = 0

  constructor(wire: Wire = atOnce) {
    this.wire = wire
  }

  get<Value>(key: RecordKey): Promise<DoorRecord<Value> | undefined> {
    return this.wire(() => this.read<Value>(key))
  }

  write(changes: RecordChange[]): Promise<boolean> {
    this.writes += 1
    const write = this.writes
    return this.wire(() => {
      if (changes.every((change) => this.stored.get(placeOf(change))?.write === write)) return true
      if (!changes.every((change) => (this.read(change)?.version ?? null) === change.from)) return false
      for (const change of changes) this.store(change, write)
      return true
    })
  }

  writeOne(change: RecordChange): Promise<boolean> {
    return this.write([change])
  }

  page<Value>(set: string, query: PageQuery): Promise<Page<DoorRecord<Value>>> {
    return this.wire(() => {
      const ids = [...this.stored.keys()].filter((place) => place.startsWith(`${set}\n`)).sort()
      const found = ids.flatMap((place) => this.read<Value>({ set, id: place.slice(set.length + 1) }) ?? [])
      return pageOf(found, ({ id }) => id, query)
    })
  }

  private read<Value>({ set, id }: RecordKey): DoorRecord<Value> | undefined {
    const found = this.stored.get(placeOf({ set, id }))
    if (!found || found.text === null) return undefined
    return { set, id, version: found.version, value: JSON.parse(found.text) }
  }

  private store(change: RecordChange, write: number): void {
    const version = (this.stored.get(placeOf(change))?.version ?? 0) + 1
    const text = change.to === null ? null : JSON.stringify(change.to)
    this.stored.set(placeOf(change), { version, text, write })
  }
}

const placeOf = ({ set, id }: RecordKey): string => `${set}\n${id}`

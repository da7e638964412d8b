import {
  appendFileSync,
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BusEvent } from '#local/types.ts'

/** An event as it is kept and streamed: with its bus and its number. */
export type RecordedEvent = BusEvent & { seq: number; bus: string }

export type EventLog = {
  append(bus: string, event: BusEvent): RecordedEvent
  lastSeq(): number
  /** Today's events numbered above `seq`, oldest first. */
  since(seq: number): AsyncIterable<RecordedEvent>
  subscribe(listener: (event: RecordedEvent) => void): () => void
}

/** Every event of every bus, one file `YYYY-MM-DD.ndjson` per UTC day. */
export function openEventLog(directory: string, today: () => Date = () => new Date()): EventLog {
  mkdirSync(directory, { recursive: true })
  const listeners = new Set<(event: RecordedEvent) => void>()
  const fileOf = (): string => join(directory, `${today().toISOString().slice(0, 10)}.ndjson`)
  let last = continueFrom(directory)
  return {
    append(bus, event) {
      last += 1
      const recorded = { seq: last, bus, ...event }
      appendFileSync(fileOf(), `${JSON.stringify(recorded)}\n`, { mode: 0o600 })
      for (const listener of listeners) listener(recorded)
      return recorded
    },
    lastSeq: () => last,
    async *since(seq) {
      const file = fileOf()
      if (!existsSync(file)) return
      for await (const line of createInterface({ input: createReadStream(file) })) {
        const recorded = parse(line)
        if (recorded && recorded.seq > seq) yield recorded
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The highest number in the newest file; a line that a kill cut off is closed, so that the next is whole. */
function continueFrom(directory: string): number {
  const newest = readdirSync(directory)
    .filter((name) => /^\d{4}-\d\d-\d\d\.ndjson$/.test(name))
    .sort()
    .at(-1)
  if (newest === undefined) return 0
  const file = join(directory, newest)
  const text = tailOf(file)
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
  const lines = text.split('\n')
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const recorded = parse(lines[index] ?? '')
    if (recorded) return recorded.seq
  }
  return 0
}

/** Two of the largest events fit in, so the last whole line is always in it. */
const TAIL_BYTES = 1024 * 1024

function tailOf(file: string): string {
  const fd = openSync(file, 'r')
  try {
    const { size } = fstatSync(fd)
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(fd, tail, 0, tail.length, size - tail.length)
    return tail.toString()
  } finally {
    closeSync(fd)
  }
}

function parse(line: string): RecordedEvent | undefined {
  try {
    const value: unknown = JSON.parse(line)
    const whole = typeof value === 'object' && value !== null && 'seq' in value
    return whole ? (value as RecordedEvent) : undefined
  } catch {
    return undefined
  }
}

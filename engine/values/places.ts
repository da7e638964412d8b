import { bytesOf, INLINE_BYTES, inlineBytesOf, type JsonText, type JsonValue } from '#core/value.ts'
import type { Values } from '../ports.ts'

/** Whose values these are: only the holder of this token writes at its places. */
export type Writer = { job_execution_id: string; owner: string }

/** How much of the record's room for values is left beside another value of it. */
export const roomBeside = (other: JsonValue | null): number => INLINE_BYTES - inlineBytesOf(other)

/**
 * The places of one writer's checkpoints. Nobody deletes: a place is used again, but only once a write of the record
 * has gone through that refers to another one. A writer that was fenced, or whose reply was lost, can so never
 * overwrite what the record refers to.
 */
export class ValuePlaces {
  private readonly values: Values
  private readonly writer: Writer
  private writes = 0
  /** Those that the record may refer to. */
  private readonly used = new Set<string>()

  constructor(values: Values, writer: Writer) {
    this.values = values
    this.writer = writer
  }

  /** One at a time. `waiting` is a value that was put already, and that the record is still to be written with. */
  put(text: JsonText, waiting?: JsonValue): Promise<JsonValue> {
    this.writes += 1
    const { job_execution_id } = this.writer
    return this.values.put(job_execution_id, { place: this.free(waiting), write: this.writes, text })
  }

  /** The record is about to be written with this value. */
  sending(value: JsonValue | null): void {
    if (value && 'place' in value) this.used.add(value.place)
  }

  /** The record has been written, or read, and has this value. */
  confirmed(value: JsonValue | null): void {
    this.used.clear()
    this.sending(value)
  }

  private free(waiting: JsonValue | undefined): string {
    const taken = waiting && 'place' in waiting ? waiting.place : undefined
    for (let i = 0; ; i += 1) {
      const place = `${this.writer.owner}#${i}`
      if (place !== taken && !this.used.has(place)) return place
    }
  }
}

/** A result is written once by its attempt. */
export async function putResult(
  values: Values,
  writer: Writer,
  { text, room }: { text: JsonText; room: number },
): Promise<JsonValue> {
  if (bytesOf(text) <= room) return { text }
  return values.put(writer.job_execution_id, { place: `${writer.owner}#result`, write: 1, text })
}

import type { JsonText, ValueRef } from '#core/value.ts'
import { bytesOf } from '#core/value.ts'
import type { NewValue, Values } from '../ports.ts'
import { atOnce, type Wire } from './table.ts'

export class MemoryValues implements Values {
  /** By job and place. */
  readonly all = new Map<string, NewValue>()
  private readonly wire: Wire

  constructor(wire: Wire = atOnce) {
    this.wire = wire
  }

  put(jobId: string, value: NewValue): Promise<ValueRef> {
    return this.wire(() => {
      const key = `${jobId}\n${value.place}`
      const known = this.all.get(key)
      if (!known || known.write < value.write) this.all.set(key, { ...value })
      return { place: value.place, write: value.write, bytes: bytesOf(value.text), expires_at: null }
    })
  }

  get(jobId: string, { place, write }: ValueRef): Promise<JsonText> {
    return this.wire(() => {
      const found = this.all.get(`${jobId}\n${place}`)
      if (found?.write === write) return found.text
      throw new Error(`the value ${place} of the job ${jobId} is ${found ? 'another' : 'gone'}`)
    })
  }
}

import { ConflictError } from '#core/errors.ts'
import type { DoorRecords, RecordChange, RecordKey } from '#engine/door-records.ts'

/** How many of something a project has: a record of its own. `noun` is what people call them. */
export type Count = RecordKey & { by: number; most: number; noun: string }
export type Counted = { count: number }

const TRIES = 20

/**
 * Makes these changes together with the project's count; computes them again where either has changed meanwhile.
 *
 * @throws ConflictError where the project has its most, and what `changes` throws
 */
export async function writeCounted(
  records: DoorRecords,
  { set, id, by, most, noun }: Count,
  changes: () => Promise<RecordChange[]>,
): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [found, made] = await Promise.all([records.get<Counted>({ set, id }), changes()])
    const count = (found?.value.count ?? 0) + by
    if (by > 0 && count > most) {
      throw new ConflictError(`the project ${id} has ${most} ${noun}, which is the most: delete some`)
    }
    if (await records.write([...made, { set, id, from: found?.version ?? null, to: { count } }])) return
  }
  throw new ConflictError(`the ${noun} of ${id} are being changed by many at once: try again`)
}

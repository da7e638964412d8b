import { type Amount, amountOf } from './amount.ts'
import type { Batch, BatchObject } from './batch.ts'

/** What a checkpoint of a slice may hold per object has to fit it, and its records are written one by one. */
const OBJECTS = 250

/** Some objects of a batch, one after the other in the list. */
export type Slice = { number: number; objects: BatchObject[] }

/** Depends on the manifest only, so that a retry finds the records of each slice. */
export function slicesOf(batch: Batch): Slice[] {
  const objects = batch.objects.map((listed, i) => ({ i, listed, target: batch.targets[i]! }))
  return Array.from({ length: Math.ceil(objects.length / OBJECTS) }, (_, number) => ({
    number,
    objects: objects.slice(number * OBJECTS, (number + 1) * OBJECTS),
  }))
}

/** What the slices before this one hold. */
export const amountBefore = ({ objects }: Batch, slice: number): Amount =>
  amountOf(objects.slice(0, slice * OBJECTS))

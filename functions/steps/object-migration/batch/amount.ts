import type { Progress } from '#sdk/index.ts'

export type Amount = { objects: number; bytes: number }

/** What the Maps give a child: the number of its batch, and how much all batches hold together. */
export type BatchInput = { index?: number; item: number; all?: Amount }

export const nothing = (): Amount => ({ objects: 0, bytes: 0 })

export const plus = (a: Amount, b: Amount): Amount => ({
  objects: a.objects + b.objects,
  bytes: a.bytes + b.bytes,
})

export const amountOf = (objects: { size: number }[]): Amount => ({
  objects: objects.length,
  bytes: objects.reduce((sum, { size }) => sum + size, 0),
})

/** A progress in bytes and objects: of a total that is known, and of a batch also of all together. */
export function inBytesAndObjects(done: Amount, total: Amount | null, all?: Amount): Progress {
  const measure = (unit: keyof Amount) => ({
    ...{ done: done[unit], total: total?.[unit] ?? null, unit },
    ...(all && { map_total: all[unit] }),
  })
  return { ...measure('bytes'), also: measure('objects') }
}

import * as z from 'zod'
import { notTaken, time } from '#core/api/parts.ts'
import { STATES } from '#core/states.ts'

/** What the caller of a start gets. */
export const startedMigration = z.strictObject({ Id: z.string(), Status: z.enum(STATES) })

/** What the caller of an abort gets; what of our options came too late is said beside it. */
export const abortedMigration = startedMigration.extend({ NotTaken: z.array(notTaken).optional() })
export type AbortedMigration = z.infer<typeof abortedMigration>

/** One of a list: as far as its own record tells. */
export const listedMigration = startedMigration.extend({
  Type: z.literal('migration'),
  SourceLocation: z.string(),
  DestLocation: z.string(),
  RemainSource: z.boolean(),
  CreateTime: time,
  StartTime: time.nullable(),
  EndTime: time.nullable(),
  Fault: z.string().nullable(),
})
export type ListedMigration = z.infer<typeof listedMigration>
export const migrationList = z.strictObject({
  Jobs: z.array(listedMigration),
  NextToken: z.string().nullable(),
})

/**
 * In bytes and objects. The totals are null until listing has ended; `Progress` is per cent of the bytes, of the objects
 * where all of them are empty, and null as long as nobody knows.
 */
export const amounts = z.strictObject({
  TotalCapacity: z.number().nullable(),
  PassedCapacity: z.number(),
  TotalCount: z.number().nullable(),
  PassedCount: z.number(),
  Progress: z.int().min(0).max(100).nullable(),
})
export type Amounts = z.infer<typeof amounts>
export const migrationView = listedMigration.extend(amounts.shape)

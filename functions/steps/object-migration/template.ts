import * as z from 'zod'
import { MIGRATION_ERRORS, STORE_ATTEMPTS } from './store/errors.ts'

const location = z.strictObject({
  endpoint: z
    .url()
    .max(1024)
    .regex(
      /^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/,
      'must be http(s)://host[:port][/path], without a password or query',
    )
    .optional()
    .describe('of a store other than Amazon S3: http(s)://host[:port][/path], without password or query'),
  region: z.string().min(1).max(64).optional(),
  bucket: z.string().min(1).max(255),
  prefix: z.string().max(1024).optional().describe('taken as it is: end it with / to name a folder'),
  credentials_secret: z
    .string()
    .regex(/^[A-Za-z0-9/_+=.@!:-]{1,2048}$/, 'must be the name or ARN of a secret, never the secret itself')
    .optional()
    .describe('name or ARN of a Secrets Manager secret {access_key_id, secret_access_key, session_token?}'),
})

const filter = z.strictObject({
  prefix: z.string().max(1024).optional().describe("below the source's prefix"),
  suffix: z.string().max(1024).optional(),
  min_size: z.int().min(0).optional(),
  max_size: z.int().min(0).optional(),
  modified_after: z.iso.datetime({ offset: true }).optional(),
  modified_before: z.iso.datetime({ offset: true }).optional(),
})

export type MigrationLocation = z.infer<typeof location>
export type MigrationFilter = z.infer<typeof filter>

/**
 * What a migration is started with, as far as a JSON Schema can say it: `input-rules.ts` says the rest. Its defaults are those of the steps, which also serve a console start.
 */
export const objectMigrationInput = z.strictObject({
  source: location,
  destination: location,
  remain_source: z.boolean().optional().describe('default true; false deletes what was verified'),
  filter: filter.optional(),
  part_size_mib: z.int().min(5).max(5120).optional().describe('default 8'),
  multipart_threshold_mib: z
    .int()
    .min(5)
    .max(5120)
    .optional()
    .describe('larger objects are copied in parts; a graceful abort waits for a smaller one; default 64'),
  concurrency: z.int().min(1).max(32).optional().describe('objects at once within a batch; default 16'),
  refuse_loss: z
    .boolean()
    .optional()
    .describe(
      'fail before the first copy where the destination would not have all of what is at the source, as storage classes, access lists or older versions; default false',
    ),
  verify_checksums: z.boolean().optional().describe('read both sides where no checksum tells; default false'),
})

export type ObjectMigrationInput = z.infer<typeof objectMigrationInput>

export const OBJECT_MIGRATION = {
  name: 'object-migration',
  description: 'Moves or copies the objects of one bucket into another, between any two S3-compatible stores',
  input: objectMigrationInput,
  errors: MIGRATION_ERRORS,
  storeAttempts: STORE_ATTEMPTS,
} as const

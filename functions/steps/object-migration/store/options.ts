import type { MigrationFilter, MigrationLocation } from '../template.ts'

const MIB = 1024 ** 2

export type MigrationOptions = {
  source: MigrationLocation
  destination: MigrationLocation
  filter: MigrationFilter
  remainSource: boolean
  partSize: number
  threshold: number
  concurrency: number
  verifyChecksums: boolean
  refuseLoss: boolean
}

/** The job's input cannot be run. */
export class MigrationInputError extends Error {
  override readonly name = 'MigrationInputError'
}

/**
 * The job's input, with its defaults. The API validates it, but not that of an execution started in the AWS
 * console. What would do harm is therefore checked here too, by hand: a schema library would make each bundle
 * a fifth larger.
 */
export function readOptions(input: unknown): MigrationOptions {
  const given = record(input, 'the input')
  return {
    source: location(given.source, 'source'),
    destination: location(given.destination, 'destination'),
    filter: record(given.filter ?? {}, 'filter'),
    remainSource: flag(given.remain_source ?? true, 'remain_source'),
    partSize: whole(given.part_size_mib ?? 8, 'part_size_mib', [5, 5120]) * MIB,
    threshold: whole(given.multipart_threshold_mib ?? 64, 'multipart_threshold_mib', [5, 5120]) * MIB,
    concurrency: whole(given.concurrency ?? 16, 'concurrency', [1, 32]),
    refuseLoss: flag(given.refuse_loss ?? false, 'refuse_loss'),
    verifyChecksums: flag(given.verify_checksums ?? false, 'verify_checksums'),
  }
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new MigrationInputError(`${name} must be an object, got ${JSON.stringify(value)}`)
}

function location(value: unknown, name: string): MigrationLocation {
  const given = record(value, name)
  for (const field of ['bucket', 'prefix', 'endpoint', 'region', 'credentials_secret']) {
    const text = given[field]
    if (typeof text === 'string' || (text === undefined && field !== 'bucket')) continue
    throw new MigrationInputError(`${name}.${field} must be a text, got ${JSON.stringify(text)}`)
  }
  return given as MigrationLocation
}

function flag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value
  throw new MigrationInputError(`${name} must be true or false, got ${JSON.stringify(value)}`)
}

function whole(value: unknown, name: string, [low, high]: [number, number]): number {
  if (Number.isInteger(value) && Number(value) >= low && Number(value) <= high) return Number(value)
  throw new MigrationInputError(
    `${name} must be a whole number from ${low} to ${high}, got ${JSON.stringify(value)}`,
  )
}

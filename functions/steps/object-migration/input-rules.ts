import { isLocalEndpoint, normalEndpoint } from './endpoints.ts'
import type { MigrationFilter, MigrationLocation } from './template.ts'

/** What a migration is asked for, as far as the rules go. */
export type MigrationRequest = {
  source: MigrationLocation
  destination: MigrationLocation
  filter?: MigrationFilter | undefined
}

/** A fault of an input, with a JSON Pointer into it. */
export type InputFault = { pointer: string; detail: string }

/**
 * What a JSON Schema cannot say of a migration's input. The API refuses by it, and so do the steps, which also
 * serve executions that were started in the AWS console.
 *
 * @param ownEndpoint S3's own where all of AWS runs on one computer; undefined on AWS
 */
export function inputFaults(request: MigrationRequest, ownEndpoint: string | undefined): InputFault[] {
  const { source, destination, filter = {} } = request
  return [
    ...localFault('/source/endpoint', source.endpoint, ownEndpoint),
    ...localFault('/destination/endpoint', destination.endpoint, ownEndpoint),
    ...overlapFault({ source, destination }, ownEndpoint),
    ...filterFaults(filter),
  ]
}

function localFault(
  pointer: string,
  endpoint: string | undefined,
  ownEndpoint: string | undefined,
): InputFault[] {
  const isAllowed = ownEndpoint !== undefined && isLocalEndpoint(ownEndpoint)
  if (endpoint === undefined || isAllowed || !isLocalEndpoint(endpoint)) return []
  return [
    { pointer, detail: 'is an address of the machine that runs the steps, or link-local: no store is there' },
  ]
}

/** A copy that feeds its own source would never be done, and a move would delete what it made. */
function overlapFault(
  { source, destination }: MigrationRequest,
  ownEndpoint: string | undefined,
): InputFault[] {
  const placeOf = ({ endpoint }: MigrationLocation) => normalEndpoint(endpoint ?? ownEndpoint)
  if (placeOf(source) !== placeOf(destination) || source.bucket !== destination.bucket) return []
  const [from = '', to = ''] = [source.prefix, destination.prefix]
  if (!from.startsWith(to) && !to.startsWith(from)) return []
  const detail =
    `"${to}" and the source "${from}" overlap in bucket ${source.bucket}: choose another bucket, or prefixes ` +
    'of which neither begins with the other'
  return [{ pointer: '/destination', detail }]
}

function filterFaults({
  min_size,
  max_size,
  modified_after,
  modified_before,
}: MigrationFilter): InputFault[] {
  const faults: InputFault[] = []
  if (min_size !== undefined && max_size !== undefined && min_size > max_size) {
    faults.push({ pointer: '/filter/min_size', detail: `is above max_size (${max_size}): nothing would fit` })
  }
  const [after, before] = [Date.parse(modified_after ?? ''), Date.parse(modified_before ?? '')]
  if (after >= before) {
    const detail = `is not before modified_before (${modified_before}): nothing would fit`
    faults.push({ pointer: '/filter/modified_after', detail })
  }
  return faults
}

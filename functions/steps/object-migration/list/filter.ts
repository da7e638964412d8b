import type { ListedObject } from '../batch/batch.ts'
import type { MigrationFilter } from '../template.ts'

/** `modified_after` includes its instant, `modified_before` does not: two ranges can meet without sharing an object. */
export function matches(filter: MigrationFilter, object: ListedObject): boolean {
  const { suffix, min_size, max_size, modified_after, modified_before } = filter
  const modified = Date.parse(object.last_modified)
  if (suffix !== undefined && !object.key.endsWith(suffix)) return false
  if (min_size !== undefined && object.size < min_size) return false
  if (max_size !== undefined && object.size > max_size) return false
  if (modified_after !== undefined && modified < Date.parse(modified_after)) return false
  return modified_before === undefined || modified < Date.parse(modified_before)
}

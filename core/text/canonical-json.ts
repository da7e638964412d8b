/**
 * JSON with the keys of every object in one order, to compare or hash values: DynamoDB does not keep the
 * order of a map's keys, and may answer another one at each read.
 */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

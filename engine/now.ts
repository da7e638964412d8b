/** RFC 3339, UTC, as the items keep it. */
export const now = (): string => new Date().toISOString()

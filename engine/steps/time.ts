/** Now plus `ms`, as the items keep it. */
export const timeAfter = (ms: number): string => new Date(Date.now() + ms).toISOString()

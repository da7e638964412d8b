const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }
/** Timers of Node hold 31 bits of milliseconds. */
const LONGEST_MS = 2 ** 31 - 1

/** The period of `rate(n minutes|hours|days)`; other schedules are refused by name. */
export function periodOf(schedule: string, ruleName: string): number {
  const [, count, unit = '', plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(schedule) ?? []
  if (count === undefined || (count === '1') !== (plural === '')) {
    throw new Error(
      `rule ${ruleName}: the schedule ${schedule} cannot run locally; use rate(1 minute) or rate(n minutes|hours|days)`,
    )
  }
  const period = Number(count) * (UNITS[unit] ?? 0)
  if (period <= LONGEST_MS) return period
  throw new Error(`rule ${ruleName}: ${schedule} is over the local limit of 24 days`)
}

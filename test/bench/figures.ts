/** Looking is work, too: seldom enough not to be measured. */
export const SELDOM = { everyMs: 1_000, forMs: 300_000 }

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: number[]): number => quantile(values, 0.5)

export const between = (from: string | null | undefined, to: string | null | undefined): number =>
  Date.parse(to ?? '') - Date.parse(from ?? '')

export const items = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Runs `work` one after another and answers how long each took, in ms. */
export async function timed(count: number, work: (i: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < count; i += 1) {
    const started = performance.now()
    await work(i)
    taken.push(performance.now() - started)
  }
  return taken
}

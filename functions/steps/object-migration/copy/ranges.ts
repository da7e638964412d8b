/** Writes `[1, 2, 3, 7]` as `1-3,7`, so that 10,000 parts take a few bytes of a checkpoint. */
export function toRanges(numbers: Iterable<number>): string {
  const sorted = [...numbers].sort((a, b) => a - b)
  const starts = sorted.filter((n, i) => n !== (sorted[i - 1] ?? Number.NaN) + 1)
  const ends = sorted.filter((n, i) => n !== (sorted[i + 1] ?? Number.NaN) - 1)
  return starts.map((start, i) => (start === ends[i] ? `${start}` : `${start}-${ends[i]}`)).join(',')
}

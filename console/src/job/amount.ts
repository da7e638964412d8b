import type { MeasureView, ProgressView } from '#core/api/parts.ts'

const numbers = new Intl.NumberFormat('en')
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** `3.4 MiB`. */
export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(Math.floor(Math.log2(count) / 10), UNITS.length - 1)
  const scaled = count / 1024 ** power
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[power]}`
}

/** `12 of 40 objects`, `3.4 of 9.0 MiB`. */
export function amount({ done, total, unit }: MeasureView): string {
  if (unit === 'bytes') return total === null ? bytes(done) : `${bytes(done)} of ${bytes(total)}`
  const count = total === null ? numbers.format(done) : `${numbers.format(done)} of ${numbers.format(total)}`
  return `${count} ${unit}`
}

export const percentOf = ({ done, total }: MeasureView): number | null =>
  total === null ? null : total === 0 ? 100 : Math.min(100, Math.floor((100 * done) / total))

/** In both units, where it is told in two. */
export const progressText = (progress: ProgressView): string =>
  progress.also ? `${amount(progress)}, ${amount(progress.also)}` : amount(progress)

export const count = (value: number): string => numbers.format(value)
/** `1 job`, `3 jobs`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

import type { ProgressView } from '#core/api/parts.ts'

const WIDTH = 20

/** How much of how much, with a bar where the total is known. */
export function progressText(progress: ProgressView | null): string {
  if (!progress) return ''
  const { done, total, unit, also } = progress
  const more = also
    ? `, ${amount(also.done, also.unit)}${also.total === null ? '' : ` of ${also.total}`}`
    : ''
  if (total === null) return `${amount(done, unit)}${more}`
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const of = unit === 'bytes' ? amount(total, unit) : `${total} ${unit}`
  const so = unit === 'bytes' ? amount(done, unit) : String(done)
  return `${bar(share)} ${percent(share)}  ${so} of ${of}${more}`
}

/** Never 100 before it is all. */
const percent = (share: number): string => `${String(Math.floor(share * 100)).padStart(3)} %`

function bar(share: number): string {
  const filled = Math.floor(share * WIDTH)
  return '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

export function amount(number: number, unit: string): string {
  if (unit !== 'bytes') return `${number} ${unit}`
  const power = number < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(number) / 10))
  const scaled = number / 1024 ** power
  return `${power === 0 ? scaled : scaled.toFixed(1)} ${UNITS[power]}`
}

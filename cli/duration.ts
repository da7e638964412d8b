import { InvalidArgumentError } from 'commander'

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

/** Seconds of `90`, `90s`, `5m`, `2h` or `1d`. */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? []
  const seconds = Number(number) * SECONDS[unit as keyof typeof SECONDS]
  if (number === '' || seconds === 0) throw new InvalidArgumentError('Give a time as 90s, 5m, 2h or 1d.')
  return seconds
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function spoken(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

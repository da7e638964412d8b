import { useEffect, useState, useSyncExternalStore } from 'react'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `1 h 04 min`, `12 s`, `0.4 s`. */
export function span(milliseconds: number): string {
  const whole = Math.max(0, milliseconds)
  if (whole < 10 * SECOND) return `${(whole / SECOND).toFixed(1)} s`
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two((whole % MINUTE) / SECOND)} s`
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two((whole % HOUR) / MINUTE)} min`
  return `${Math.floor(whole / DAY)} d ${two((whole % DAY) / HOUR)} h`
}

const two = (part: number): string => String(Math.floor(part)).padStart(2, '0')

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const seconds = {
  subscribe: (tell: () => void): (() => void) => {
    const timer = setInterval(tell, SECOND)
    return () => clearInterval(timer)
  },
  now: (): number => Math.floor(Date.now() / SECOND) * SECOND,
}

/** The time of day by this machine, once a second. */
export const useNow = (): number => useSyncExternalStore(seconds.subscribe, seconds.now)

/** As people say it: the day only where it is not today; in full when pointed at. */
export function TimeOf({ time }: { time: string | null }) {
  if (time === null) return <>–</>
  const at = new Date(time)
  const today = at.toDateString() === new Date().toDateString()
  return (
    <time dateTime={time} title={`${dateTime.format(at)} (${time})`}>
      {today ? clockTime.format(at) : dateTime.format(at)}
    </time>
  )
}

/** How long it took, or takes so far. */
export function Duration({ from, to }: { from: string | null; to: string | null }) {
  const now = useNow()
  if (from === null) return <>–</>
  return <>{span((to === null ? now : Date.parse(to)) - Date.parse(from))}</>
}

/** `12 s ago`. */
export function Ago({ time }: { time: string }) {
  const now = useNow()
  return <>{span(Math.floor(Math.max(0, now - Date.parse(time)) / SECOND) * SECOND).replace('.0', '')} ago</>
}

/** A value that follows another after it has rested for a while. */
export function useRested<Value>(value: Value, milliseconds: number): Value {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return rested
}

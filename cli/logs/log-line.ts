import { blankControl } from '#core/text/control.ts'

/** `step`: of whose function alone. Times are milliseconds since the epoch. */
export type LogQuery = { jobId: string; since: number; step: string | undefined; prefix: string }
/** `from`: the function. */
export type LogLine = { at: number; from: string; text: string }

/** A function's logger writes JSON with its time; any other line keeps the time that it came with. */
export function logLine(raw: string, { at, from }: { at: number; from: string }): LogLine {
  const { timestamp, level, message } = parsed(raw)
  const text = typeof message === 'string' ? `${level ?? 'INFO'} ${message}` : raw
  const told = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return { at: Number.isNaN(told) ? at : told, from, text: blankControl(text.trimEnd()) }
}

function parsed(raw: string): { timestamp?: unknown; level?: unknown; message?: unknown } {
  try {
    return (JSON.parse(raw) as object | null) ?? {}
  } catch {
    return {}
  }
}

/** The step's name ends the name of its function. */
export const isOfStep = (functionName: string, step: string | undefined): boolean =>
  step === undefined || functionName.toLowerCase().endsWith(`-${step.toLowerCase()}`)

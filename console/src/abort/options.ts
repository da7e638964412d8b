import { useState } from 'react'
import type { AbortOptions } from '#client/jobs.ts'
import type { AbortMode } from '#core/job/job.ts'

export const DEADLINES = [
  { value: '', label: 'Never: wait for the next safe point, however long' },
  { value: '30', label: 'After 30 seconds' },
  { value: '60', label: 'After 1 minute' },
  { value: '300', label: 'After 5 minutes' },
  { value: '900', label: 'After 15 minutes' },
  { value: '3600', label: 'After 1 hour' },
] as const

export type Draft = {
  mode: AbortMode
  reason: string
  deadline: string
  rollback: boolean
  /** What was typed to confirm a forced abort. */
  typed: string
}

export const optionsOf = ({ mode, reason, deadline, rollback }: Draft): AbortOptions => ({
  mode,
  ...(reason.trim() ? { reason: reason.trim() } : {}),
  ...(mode === 'graceful' && deadline ? { force_after_seconds: Number(deadline) } : {}),
  ...(rollback ? { rollback } : {}),
})

/** What the person has filled in so far. */
export function useDraft(mode: AbortMode): [Draft, (change: Partial<Draft>) => void] {
  const [draft, set] = useState<Draft>({ mode, reason: '', deadline: '', rollback: false, typed: '' })
  return [draft, (change) => set((before) => ({ ...before, ...change }))]
}

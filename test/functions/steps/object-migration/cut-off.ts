import { expect } from 'vitest'
import { JobAborted } from '#sdk/index.ts'
import type { Stores } from './stores.ts'
import { type Memory, newMemory, type RunSettings } from './tools.ts'

/** `before`: the call never reaches the store; `after`: the store acts, and its answer is lost. */
export const CUTS = ['before', 'after'] as const
export type Cut = { n: number; kind: (typeof CUTS)[number] }

/** More S3 calls than one step makes for the few objects of a test. */
export const MAX_CALLS = 80

/** Each test runs a job per call: on a busy computer that outlasts the usual limit. */
export const LIMIT_MS = 180_000

/** Cuts a step off at its n-th call to a store. `wasCut` is false when it made fewer. */
export async function cutOff(
  stores: Stores,
  { n, kind }: Cut,
  step: (settings: RunSettings) => Promise<unknown>,
): Promise<{ wasCut: boolean; memory: Memory }> {
  const force = new AbortController()
  const memory = newMemory()
  let calls = 0
  const hook = async () => {
    calls += 1
    if (calls === n) force.abort(new JobAborted('the job is CANCELLING'))
    if (calls < n) return undefined
    return kind === 'before' || calls > n ? ('fail' as const) : ('drop-reply' as const)
  }
  for (const s3 of new Set([stores.from, stores.to])) s3.intercept(hook)
  const ended = await step({ memory, signal: force.signal, every: 2 }).then(
    () => 'done',
    (error) => error,
  )
  for (const s3 of new Set([stores.from, stores.to])) s3.intercept(undefined)
  const wasCut = calls >= n
  if (wasCut && ended !== 'done') expect(ended).toBe(force.signal.reason)
  return { wasCut, memory }
}

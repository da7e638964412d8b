import type { Progress } from '#core/step/step.ts'
import { allSettled } from '#engine/steps/tools.ts'
import type { HookTools, JobInfo, RunTools } from '#sdk/index.ts'

/** What outlives an attempt: the last checkpoint that was written. */
export type Memory = { checkpoint: unknown; progress: Progress[] }
export const newMemory = (): Memory => ({ checkpoint: null, progress: [] })

export type RunSettings = {
  memory?: Memory
  signal?: AbortSignal
  attempt?: number
  /** Called at each checkpoint, before it is written; what it throws is what the checkpoint throws. */
  onCheckpoint?: (count: number) => void
  /** Called at each point of no return, before it looks at the signal. */
  onPointOfNoReturn?: () => void
  /** Of this many checkpoints one is written, as by the throttle. */
  every?: number
}

const MAX_CHECKPOINT = 32 * 1024

export function runTools<Checkpoint>(job: JobInfo, settings: RunSettings): RunTools<Checkpoint> {
  const { memory = newMemory(), attempt = 1, every = 1, onCheckpoint } = settings
  const signal = settings.signal ?? new AbortController().signal
  let count = 0
  return {
    signal,
    stopping: signal,
    all: allSettled,
    attempt,
    index: null,
    job,
    resumeFrom: structuredClone(memory.checkpoint) as Checkpoint | null,
    progress: (progress) => void memory.progress.push(progress),
    checkpoint: async (data) => {
      count += 1
      onCheckpoint?.(count)
      signal.throwIfAborted()
      if (data === undefined || count % every !== 0) return
      const json = JSON.stringify(data)
      if (Buffer.byteLength(json) > MAX_CHECKPOINT) throw new Error(`checkpoint of ${json.length} bytes`)
      memory.checkpoint = JSON.parse(json)
    },
    pointOfNoReturn: async () => {
      settings.onPointOfNoReturn?.()
      signal.throwIfAborted()
    },
  }
}

export type HookSettings = { memory?: Memory; rollback?: boolean }

export function hookTools<Checkpoint, Result>(
  job: JobInfo,
  index: number | null,
  { memory = newMemory(), rollback = false }: HookSettings,
): HookTools<Checkpoint, Result> {
  return {
    signal: new AbortController().signal,
    checkpoint: structuredClone(memory.checkpoint) as Checkpoint | null,
    result: null,
    save: async (data) => {
      memory.checkpoint = structuredClone(data)
    },
    index,
    mode: 'graceful',
    rollback,
    job,
  }
}

import type { Job } from '#core/job/job.ts'
import { type Step, stepSortKey } from '#core/step/step.ts'
import type { Versioned, Written } from '../apply.ts'

/**
 * How a request reaches the memory. A test's own may order requests, or carry one out twice, as an SDK does
 * that lost the first reply.
 */
export type Wire = <Answer>(request: () => Answer) => Promise<Answer>
export const atOnce: Wire = async (request) => request()

type Stored = { value: Job | Step; writeId: number }

/** The two sides of a write. */
export type MemoryWrite = { before: Job | Step | undefined; after: Job | Step }

/** The job table in one process, with the conditional write of the real one. */
export class MemoryTable {
  /** Every write that took place, in order: what the table's stream would carry. */
  readonly writes: MemoryWrite[] = []
  readonly wire: Wire
  private readonly stored = new Map<string, Stored>()
  private writeIds = 0

  constructor(wire: Wire = atOnce) {
    this.wire = wire
  }

  values(): (Job | Step)[] {
    return [...this.stored.values()].map(({ value }) => structuredClone(value))
  }

  /** As a Query: by the sort key, which begins with the order. */
  stepsOf(jobId: string): Step[] {
    const ofJob = [...this.stored].filter(([key]) => key.startsWith(`${jobId}\nSTEP#`))
    return ofJob.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { value }]) => structuredClone(value) as Step)
  }

  job(jobId: string): Versioned<Job> {
    return this.record<Job>(`${jobId}\nJOB`)
  }

  step(key: Parameters<typeof stepSortKey>[0] & { job_execution_id: string }): Versioned<Step> {
    return this.record<Step>(`${key.job_execution_id}\n${stepSortKey(key)}`)
  }

  private record<Value extends Job | Step>(key: string): Versioned<Value> {
    return {
      read: () => this.wire(() => structuredClone(this.stored.get(key)?.value) as Value | undefined),
      write: (from, to) => {
        this.writeIds += 1
        const writeId = this.writeIds
        return this.wire(() => this.write(key, { from, to, writeId }))
      },
    }
  }

  private write<Value extends Job | Step>(
    key: string,
    { from, to, writeId }: { from: Value | undefined; to: Value; writeId: number },
  ): Written<Value> {
    const found = this.stored.get(key)
    if (found?.writeId === writeId) return { kind: 'written' }
    if (found?.value.version !== from?.version) {
      return { kind: 'lost', current: structuredClone(found?.value) as Value | undefined }
    }
    this.stored.set(key, { value: structuredClone(to), writeId })
    this.writes.push({ before: found?.value, after: structuredClone(to) })
    return { kind: 'written' }
  }
}

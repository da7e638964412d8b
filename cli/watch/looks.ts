import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '#client/client.ts'
import { ApiProblem, ApiUnreachable } from '#client/problem.ts'
import type { JobView } from '#core/api/answers.ts'

const EVERY_MS = 500
/** An API that is being restarted or throttled comes back; one that does not is told. */
const PATIENCE_MS = 60_000

export type Looking = {
  client: Client
  signal: AbortSignal
  /** Called once each time that the API stops answering. */
  away(error: Error): void
}

/** A job each time that it has changed, to its end. @throws what the API refuses, and the signal's reason */
export async function* looks(
  jobId: string,
  { client, signal, away }: Looking,
): AsyncGenerator<JobView, void> {
  let before: JobView | undefined
  let lost: number | undefined
  for (;;) {
    try {
      const job = await client.job(jobId, { signal })
      lost = undefined
      if (job !== before) yield job
      if (job.ended_at !== null) return
      before = job
    } catch (error) {
      if (!isPassing(error) || (lost !== undefined && Date.now() - lost > PATIENCE_MS)) throw error
      if (lost === undefined) away(error as Error)
      lost ??= Date.now()
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof ApiUnreachable ||
  (error instanceof ApiProblem && (error.status >= 500 || error.status === 429))

import type { AbortMode, Job } from '#core/job/job.ts'
import type { Progress } from '#core/step/step.ts'

/** The job a step belongs to; `input` is what the job was started with. */
export type JobInfo = {
  job_execution_id: string
  template: string
  execution_arn: string
  created_at: string
  input: unknown
}

/** What `run` gets beside its input. */
export type RunTools<Checkpoint> = {
  /**
   * Take no new work: aborts as soon as an abort of the job is seen, a graceful one (of a step that is
   * `abortable: 'checkpoint'`) or a forced one. Finish what you have in hand; `checkpoint()` then throws.
   */
  stopping: AbortSignal
  /**
   * Drop what you do: aborts by force, when the claim is lost, and shortly before the Lambda's time or a lease
   * that cannot be renewed is over. Never give it to what must not be cut in half. `signal.reason` is the error to
   * throw: `JobAborted`, `StepFenced` or `StepOutOfTime`. One signal per invocation.
   */
  signal: AbortSignal
  /**
   * A safe point: keeps `data` (JSON, at most 256 KB) for `resumeFrom` and the hooks, and looks at the abort.
   * Throws `ValueNotKept` where JSON cannot hold it, or it is too large.
   * Writes at most once a second; what was not written yet is written by then, or when the step ends.
   * Throws the reason once `stopping` or `signal` has aborted: let it pass.
   */
  checkpoint(data?: Checkpoint): Promise<void>
  /**
   * Looks at the abort now, however recent the last look: for right before what cannot be undone. With `data`, a
   * checkpoint that is certainly kept before that. Throws as `checkpoint`, and also when it cannot look or keep.
   */
  pointOfNoReturn(data?: Checkpoint): Promise<void>
  /**
   * Waits for every part of parallel work, then throws the first error: work that outlives `run` would go on
   * beside its clean-up, as with `Promise.all`.
   */
  all<Part>(parts: Iterable<Promise<Part>>): Promise<Part[]>
  /** What people see, at most 256 bytes of JSON; kept in memory and written with the next checkpoint. */
  progress(progress: Progress): void
  /** The last checkpoint of an earlier attempt, or null. */
  resumeFrom: Checkpoint | null
  attempt: number
  /** The Map child's index, or null. */
  index: number | string | null
  job: JobInfo
}

/**
 * What a hook gets. Its signal never aborts for the job's abort, only when the clean-up itself has to stop:
 * shortly before the Lambda's end, or when its lease is lost.
 */
export type HookTools<Checkpoint, Result> = {
  signal: AbortSignal
  /** The step's last checkpoint, or what `save` kept. */
  checkpoint: Checkpoint | null
  /** The step's own result: set for `revert`, null for `abort`. */
  result: Result | null
  /** Keeps how far the hook has come, for its next attempt. */
  save(data: Checkpoint): Promise<void>
  index: number | string | null
  mode: AbortMode | null
  /** The abort asked to undo what the job had done: also what the interrupted run did. */
  rollback: boolean
  job: JobInfo
}

/** What a hook gets of a step whose task runs no code of ours. */
export type ExternalHookTools<Result> = HookTools<unknown, Result> & {
  /**
   * Whether what the task began is over. False: it was asked to stop, and a look (`hasEnded`) says that it still runs;
   * null: it was asked to stop, and nobody looks.
   */
  ended: boolean | null
}

export const jobInfo = (job: Job, input: unknown): JobInfo => ({
  job_execution_id: job.job_execution_id,
  template: job.template,
  execution_arn: job.execution_arn,
  created_at: job.created_at,
  input,
})

/** All parts have ended when this has, whatever became of them. */
export async function allSettled<Part>(parts: Iterable<Promise<Part>>): Promise<Part[]> {
  const results = await Promise.allSettled(parts)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((result) => (result as PromiseFulfilledResult<Part>).value)
}

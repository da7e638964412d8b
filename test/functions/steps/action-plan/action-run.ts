import type {
  ActionCheckpoint,
  ActionHookTools,
  ActionParts,
  ActionResult,
  ActionTools,
} from '#functions/steps/action-plan/actions/action.ts'
import { JobAborted } from '#sdk/index.ts'

export const JOB = {
  job_execution_id: 'job-1',
  template: 'action-plan',
  execution_arn: 'arn',
  created_at: '2026-11-26T09:00:00.000Z',
  input: { project: 'demo', plan: 'plan-1', max_parallel: 1 },
}

/** Parts that fail where a test gives no others. */
export const noParts = (more: Partial<ActionParts> = {}): ActionParts => ({
  now: () => 0,
  sleep: async () => undefined,
  functions: { call: async () => Promise.reject(new Error('no function is called here')) },
  web: {
    ask: async () => Promise.reject(new Error('nobody is asked here')),
    headersIn: async () => Promise.reject(new Error('no secret is read here')),
  },
  jobs: { ask: async () => Promise.reject(new Error('no job is asked for here')) },
  ...more,
})

/** The tools of an attempt, an abort of its job, and what it kept. */
export class ActionRun {
  readonly kept: ActionCheckpoint[] = []
  private readonly asked = new AbortController()
  private readonly dropped = new AbortController()
  private readonly resumeFrom: ActionCheckpoint | null

  constructor(resumeFrom: ActionCheckpoint | null = null) {
    this.resumeFrom = resumeFrom
  }

  get last(): ActionCheckpoint | null {
    return this.kept.at(-1) ?? this.resumeFrom
  }

  cancel(): void {
    this.asked.abort(new JobAborted('the job is aborted', 'graceful'))
  }

  force(): void {
    const reason = new JobAborted('the job is aborted', 'force')
    this.asked.abort(reason)
    this.dropped.abort(reason)
  }

  get tools(): ActionTools {
    const look = async (data?: ActionCheckpoint): Promise<void> => {
      if (data !== undefined) this.kept.push(structuredClone(data))
      this.asked.signal.throwIfAborted()
    }
    return {
      signal: this.dropped.signal,
      stopping: this.asked.signal,
      checkpoint: look,
      pointOfNoReturn: look,
      resumeFrom: this.resumeFrom,
      job: JOB,
    }
  }
}

export const hookTools = (more: Partial<ActionHookTools> = {}): ActionHookTools => ({
  signal: new AbortController().signal,
  checkpoint: null,
  result: null as ActionResult,
  mode: 'graceful',
  rollback: false,
  save: async () => undefined,
  job: JOB,
  ...more,
})

/** How it ended: `ended`, or the name and the message of its error. */
export const endOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ended',
    ({ name, message }: Error) => `${name}: ${message}`,
  )

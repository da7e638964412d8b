import type { AbortMode, AbortRequest, ExecutionEnd, Fault, Job, NotUndone } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import type { State } from '#core/states.ts'
import { type NewStep, nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import type { LeaseTerms } from '#core/step/written.ts'
import { type JsonText, type JsonValue, jsonText, NULL_TEXT } from '#core/value.ts'

export const NOW = '2026-01-31T09:00:00.000Z'
export const LATER = '2026-01-31T10:00:00.000Z'
export const EARLIER = '2026-01-31T08:00:00.000Z'

/** A value as a job or step holds it. */
export const inline = (value: unknown): JsonValue => ({ text: jsonText(value, { what: 'a sample' }) })

/** The input of an execution that was started with nothing. */
export const EMPTY = jsonText({}, { what: 'a sample' })

export const textOf = (value: JsonValue): JsonText => ('text' in value ? value.text : NULL_TEXT)

export const FAULT: Fault = {
  exception: 'E',
  exception_message: 'it broke',
  module_name: 'copy',
  function_name: 'run',
}

export const abortOptions = (mode: AbortMode, more: object = {}) => ({
  mode,
  reason: null,
  requested_by: 'someone',
  force_at: null,
  rollback: false,
  ...more,
})
export const abort = (mode: AbortMode, more: object = {}) => ({
  type: 'abort' as const,
  at: NOW,
  request: abortOptions(mode, more),
})
export const ended = (status: ExecutionEnd['status']): ExecutionEnd => ({ status, error: null, cause: null })
export const close = (status: ExecutionEnd['status']) => ({
  type: 'close' as const,
  at: NOW,
  end: ended(status),
})
export const settle = (fault: Fault | null = null, not_undone: NotUndone[] = []) => ({
  type: 'settle' as const,
  at: NOW,
  outcome: { fault, left_behind: fault ? ['copy: it broke'] : [], not_undone },
})
export const create = {
  type: 'create' as const,
  at: NOW,
  job: {
    job_execution_id: 'j',
    template: 'demo',
    tenant_id: 'default',
    execution_arn: 'arn',
    execution_started_at: null,
    input: inline({ a: 1 }),
    created_by: 'me',
    created_at: NOW,
  },
}

/** The job after `events`, each of which must be written. */
export function jobAfter(...events: Parameters<typeof nextJob>[1][]): Job {
  let job: Job | undefined
  for (const event of [create, ...events]) {
    const outcome = nextJob(job, event)
    if (outcome.kind !== 'write') throw new Error(`${event.type} was not written: ${outcome.kind}`)
    job = outcome.item
  }
  return job!
}

/** The execution that the samples are of. */
export const LIFE = { execution_arn: 'arn', execution_started_at: NOW }
/** An execution of the same name in another state machine. */
export const OTHER_LIFE = { execution_arn: 'another-arn', execution_started_at: NOW }
export const begin = { type: 'begin' as const, at: NOW, execution: LIFE }
export const beginAgain = { ...begin, resumes: true }
export const beginOfAnother = { ...begin, execution: OTHER_LIFE }
const commit = { type: 'commit' as const, at: NOW }

export const cleanUpAgain = { type: 'clean-up' as const, at: NOW, requested_by: 'someone' }
export const cleanUpEnded = (left_behind: string[] = []) => ({
  type: 'clean-up-ended' as const,
  at: NOW,
  run: 1,
  left_behind,
})

/** A job in every state, closed and not. */
export const JOBS: Record<string, Job> = {
  PENDING: jobAfter(),
  'PENDING, closed': jobAfter(close('FAILED')),
  ONGOING: jobAfter(begin),
  'ONGOING, closed': jobAfter(begin, close('FAILED')),
  'CANCELLING, graceful': jobAfter(begin, abort('graceful')),
  'CANCELLING, force': jobAfter(begin, abort('force')),
  'CANCELLING, graceful, closed': jobAfter(begin, abort('graceful'), close('ABORTED')),
  'CANCELLING, force, closed': jobAfter(begin, abort('force'), close('ABORTED')),
  CANCELLED: jobAfter(begin, abort('graceful'), close('ABORTED'), settle()),
  SUCCEEDED: jobAfter(begin, commit),
  FAILED: jobAfter(begin, close('FAILED'), settle()),
  'FAILED, of a clean-up': jobAfter(begin, abort('force'), close('ABORTED'), settle(FAULT)),
  'FAILED, cleaning up': jobAfter(begin, abort('force'), close('ABORTED'), settle(FAULT), cleanUpAgain),
  'FAILED, cleaned up': jobAfter(
    begin,
    abort('force'),
    close('ABORTED'),
    settle(FAULT),
    cleanUpAgain,
    cleanUpEnded(),
  ),
}

export const NEW_STEP: NewStep = {
  job_execution_id: 'j',
  name: 'copy',
  order: 2,
  index: null,
  visit: null,
  template: 'demo',
  abortable: 'checkpoint',
  clean_up_after: 'lease',
  hooks: ['abort', 'revert'],
  irreversible: null,
  rank: null,
  item_count: null,
  loop_order: null,
}
export const lease = (owner: string, more: Partial<LeaseTerms> = {}): LeaseTerms => ({
  owner,
  epoch: 1,
  lease_until: LATER,
  dead_by: LATER,
  ...more,
})
export const claim = (owner: string, more: Partial<LeaseTerms> = {}, life = LIFE) => ({
  type: 'claim' as const,
  at: NOW,
  step: NEW_STEP,
  lease: lease(owner, more),
  claimant: { ...life, function_arn: 'fn-copy:1' },
})
/** A claim of a step that is a boundary for an abort, so that it may go on after its Lambda's time. */
export const claimToBoundary = (owner: string) => ({
  ...claim(owner),
  step: { ...NEW_STEP, abortable: 'boundary' as const },
})
/** A claim by another execution that has the same name. */
export const claimOfAnother = (owner: string) => claim(owner, {}, OTHER_LIFE)
export const request: AbortRequest = { ...abortOptions('graceful'), requested_at: NOW, escalations: [] }
export const fence = (abort_request: AbortRequest | null = request) => ({
  type: 'fence' as const,
  at: NOW,
  epoch: 2,
  abort_request,
  fault: FAULT,
})
export const acknowledge = (owner: string) => ({
  type: 'acknowledge' as const,
  at: NOW,
  owner,
  abort_request: request,
})
export const decline = (owner: string) => ({ ...acknowledge(owner), type: 'decline' as const })
export const finish = (owner: string) => ({
  type: 'finish' as const,
  at: NOW,
  owner,
  result: inline({ n: 1 }),
})
export const giveBack = (owner: string, fault: Fault | null = FAULT) => ({
  type: 'give-back' as const,
  at: NOW,
  owner,
  fault,
})
export const checkpoint = (owner: string) => ({
  type: 'checkpoint' as const,
  at: NOW,
  owner,
  lease_until: LATER,
  report: { data: inline({ at: 3 }) },
})
/** Out of its Lambda's time: the next attempt goes on. */
export const giveBackToResume = (owner: string) => ({ ...giveBack(owner, null), resumes: true })
export const heartbeat = (owner: string) => ({
  type: 'heartbeat' as const,
  at: NOW,
  owner,
  lease_until: LATER,
})
export const takeOver = (owner: string) => ({
  type: 'take-over' as const,
  at: NOW,
  lease: lease(owner, { epoch: 2 }),
  hook: 'abort' as const,
  call: 'stand-down-0',
})
/** A hook of a repeated clean-up. */
export const takeOverAgain = (owner: string) => ({
  ...takeOver(owner),
  call: 'stand-down-again-1',
  run: 1,
})
export const keep = (owner: string) => ({
  type: 'keep' as const,
  at: NOW,
  owner,
  data: inline({ at: 4 }),
  lease_until: LATER,
})
export const cleaned = (owner: string) => ({
  type: 'cleaned' as const,
  at: NOW,
  owner,
  abort_request: request,
  ran: true,
})
export const cleanUpFailed = {
  type: 'clean-up-failed' as const,
  at: NOW,
  hook: 'abort' as const,
  call: 'stand-down-0',
  fault: FAULT,
  abort_request: request,
}
/** As the Lambda of another stand-down says it, late. */
export const cleanUpFailedLate = { ...cleanUpFailed, call: 'another-stand-down' }
export const skip = {
  type: 'skip' as const,
  at: NOW,
  step: NEW_STEP,
  accepted: EARLIER,
  abort_request: request,
}

/** The step after `events`, each of which must be written. */
export function stepAfter(...events: StepEvent[]): Step {
  let step: Step | undefined
  for (const event of events) {
    const outcome = nextStep(step, event)
    if (outcome.kind !== 'write') throw new Error(`${event.type} was not written: ${outcome.kind}`)
    step = outcome.item
  }
  return step!
}

/** A step in every state; `a` is its attempt, `h` a hook of the stand-down. */
export const STEPS: Record<string, Step> = {
  'ONGOING, live': stepAfter(claim('a')),
  'ONGOING, lease ended': stepAfter(claim('a', { lease_until: EARLIER })),
  'ONGOING, given back': stepAfter(claim('a'), giveBack('a')),
  'ONGOING, to resume': stepAfter(claimToBoundary('a'), giveBackToResume('a')),
  'ONGOING, fenced': stepAfter(claim('a'), fence(null)),
  'ONGOING, under a hook': stepAfter(claim('a'), giveBack('a'), takeOver('h')),
  'CANCELLING, fenced': stepAfter(claim('a'), fence()),
  'CANCELLING, acknowledged': stepAfter(claim('a'), acknowledge('a')),
  'CANCELLING, declined': stepAfter(claim('a'), decline('a')),
  'CANCELLING, under a hook': stepAfter(claim('a'), acknowledge('a'), takeOver('h')),
  SUCCEEDED: stepAfter(claim('a'), finish('a')),
  'SUCCEEDED, under a hook': stepAfter(claim('a'), finish('a'), takeOver('h')),
  CANCELLED: stepAfter(claim('a'), acknowledge('a'), takeOver('h'), cleaned('h')),
  'CANCELLED, skipped': stepAfter(skip),
  FAILED: stepAfter(claim('a'), acknowledge('a'), takeOver('h'), giveBack('h'), cleanUpFailed),
  'FAILED, by itself': stepAfter(claim('a'), giveBack('a'), takeOver('h'), cleaned('h')),
  'FAILED, under a hook': stepAfter(
    claim('a'),
    acknowledge('a'),
    takeOver('g'),
    giveBack('g'),
    cleanUpFailed,
    takeOverAgain('h'),
  ),
}

/** A step of another name, order or state. */
export const stepIn = (state: State, more: Partial<Step> = {}): Step => ({
  ...STEPS['ONGOING, given back']!,
  fault: null,
  state,
  ...more,
})

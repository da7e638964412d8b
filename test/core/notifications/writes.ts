import type { Job } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import {
  abort,
  acknowledge,
  begin,
  checkpoint,
  claim,
  cleaned,
  cleanUpAgain,
  cleanUpEnded,
  cleanUpFailed,
  close,
  create,
  decline,
  FAULT,
  fence,
  finish,
  giveBack,
  heartbeat,
  JOBS,
  jobAfter,
  keep,
  NOW,
  STEPS,
  settle,
  skip,
  takeOver,
  takeOverAgain,
} from '../samples.ts'

/** One write by a reducer: the items before and after it, as the table's stream shows them. */
export type Write<Item> = { title: string; before: Item | undefined; after: Item }

const JOB_EVENTS: Record<string, JobEvent> = {
  create,
  begin: begin,
  commit: { type: 'commit', at: NOW },
  'abort graceful': abort('graceful'),
  'abort force': abort('force'),
  escalate: { type: 'escalate', at: NOW },
  'close ABORTED': close('ABORTED'),
  'close FAILED': close('FAILED'),
  'close SUCCEEDED': close('SUCCEEDED'),
  restart: { type: 'restart', at: NOW, generation: 1 },
  settle: settle(),
  'settle, failed': settle(FAULT),
  'clean-up again': cleanUpAgain,
  'clean-up ended': cleanUpEnded(),
  'clean-up failed again': cleanUpEnded(['copy: it broke again']),
}

const STEP_EVENTS: Record<string, StepEvent> = {
  claim: claim('a'),
  'claim of another': claim('b'),
  checkpoint: checkpoint('a'),
  heartbeat: heartbeat('a'),
  finish: finish('a'),
  'give-back': giveBack('a'),
  acknowledge: acknowledge('a'),
  decline: decline('a'),
  fence: fence(),
  'fence, no abort': fence(null),
  'take-over': takeOver('h'),
  'take-over of another': takeOver('g'),
  'take-over again': takeOverAgain('i'),
  keep: keep('h'),
  cleaned: cleaned('h'),
  'clean-up-failed': cleanUpFailed,
  skip,
}

const jobs: Record<string, Job | undefined> = {
  'no job': undefined,
  ...JOBS,
  'CANCELLING, deadline passed': jobAfter(abort('graceful', { force_at: NOW })),
}
const steps: Record<string, Step | undefined> = {
  'no step': undefined,
  ...STEPS,
  'ONGOING, mapped and in a loop': { ...STEPS['ONGOING, live']!, index: 3, visit: '2', notified: 11 },
}

/** Every write that the reducer of jobs makes of a sample and an event. */
export const JOB_WRITES: Write<Job>[] = Object.entries(jobs).flatMap(([name, before]) =>
  Object.entries(JOB_EVENTS).flatMap(([event, value]) => {
    const outcome = nextJob(before, value)
    return outcome.kind === 'write' ? [{ title: `${name}, then ${event}`, before, after: outcome.item }] : []
  }),
)

/** Every write that the reducer of steps makes of a sample and an event. */
export const STEP_WRITES: Write<Step>[] = Object.entries(steps).flatMap(([name, before]) =>
  Object.entries(STEP_EVENTS).flatMap(([event, value]) => {
    const outcome = nextStep(before, value)
    return outcome.kind === 'write' ? [{ title: `${name}, then ${event}`, before, after: outcome.item }] : []
  }),
)

import type { State } from '#core/states.ts'
import * as before from './preparations.ts'
import * as use from './use-cases.ts'

export type Setting = {
  title: string
  /** What has happened, in order. */
  before: before.Preparation[]
  /** Which use cases may now be under way at the same time. */
  useCases: use.UseCase[]
  /** In which states the job comes to rest, in one order or another. */
  jobStates: State[]
}

const written = [before.create]
const started = [...written, before.startExecution]
const between = [...started, before.claim('list'), before.finish('list')]
const working = [...between, before.claim('copy')]
const worked = [...working, before.finish('copy'), before.claim('verify'), before.finish('verify')]
const forced = [...working, before.abort('force', { rollback: true }), before.sweep]
const drained = [...forced, before.acknowledge('copy'), before.drained]
const cleanedUp = [...drained, before.cleanedUp('copy', 'abort'), before.cleanedUp('list', 'revert')]
const ended = [...cleanedUp, before.settled]
const failed = [...between, before.endExecution('FAILED'), before.sweep, before.drained]

const RUNNING: Setting[] = [
  { title: 'there is no job yet', before: [], useCases: [use.execute], jobStates: ['SUCCEEDED'] },
  {
    title: 'a job is written, its execution not started',
    before: written,
    useCases: [use.start, use.execute, use.gracefulAbort, use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'an execution was started past the API',
    before: [before.startExecution],
    useCases: [use.claim('list'), use.claim('copy'), use.gracefulAbort],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'an execution has just started',
    before: started,
    useCases: [use.step('list'), use.gracefulAbort, use.forcedAbort, use.consoleStop, use.sweep],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'a job is between two steps',
    before: between,
    useCases: [use.step('copy'), use.gracefulAbort, use.forcedAbort, use.consoleStop, use.sweep],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'a step runs',
    before: working,
    useCases: [
      use.goOn('copy'),
      use.step('copy'),
      use.gracefulAbort,
      use.forcedAbort,
      use.consoleStop,
      use.sweep,
    ],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'the attempt of a step has died',
    before: [...working, before.aWhile],
    useCases: [use.step('copy'), use.gracefulAbort, use.forcedAbort, use.consoleStop, use.sweep],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
  {
    title: 'all steps are done',
    before: worked,
    useCases: [use.commit, use.gracefulAbort, use.forcedAbort, use.consoleStop, use.sweep],
    jobStates: ['CANCELLED', 'SUCCEEDED'],
  },
]

const STOPPING: Setting[] = [
  {
    title: 'a step runs, a graceful abort waits for it',
    before: [...working, before.abort('graceful')],
    useCases: [use.goOn('copy'), use.step('copy'), use.gracefulAbort, use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a step runs, the deadline of a graceful abort has passed',
    before: [...working, before.abort('graceful', { force_after_seconds: 1 })],
    useCases: [use.goOn('copy'), use.step('copy'), use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a job is aborted, its stop was lost',
    before: [...between, before.abortWithoutStop('graceful')],
    useCases: [use.step('copy'), use.gracefulAbort, use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a job is stopped by force, a step still runs',
    before: forced,
    useCases: [
      use.goOn('copy'),
      use.step('verify'),
      use.commit,
      use.forcedAbort,
      use.drain,
      use.hook('copy'),
      use.sweep,
    ],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a drain waits for a step that still runs',
    before: [...forced, before.drained],
    useCases: [use.goOn('copy'), use.step('verify'), use.drain, use.hookRound, use.hook('copy'), use.sweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'an execution has failed, a step of it still runs',
    before: [...working, before.endExecution('FAILED')],
    useCases: [
      use.goOn('copy'),
      use.step('verify'),
      use.drain,
      use.gracefulAbort,
      use.forcedAbort,
      use.sweep,
    ],
    jobStates: ['CANCELLED', 'FAILED'],
  },
]

const STOPPED: Setting[] = [
  {
    title: 'a job is drained',
    before: drained,
    useCases: [
      use.hookRound,
      use.hook('copy'),
      use.settle,
      use.step('verify'),
      use.forcedAbort,
      use.sweep,
      use.drain,
    ],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a clean-up has failed for good',
    before: drained,
    useCases: [use.failedRound('copy'), use.hook('copy'), use.settle, use.step('verify'), use.sweep],
    jobStates: ['CANCELLED', 'FAILED'],
  },
  {
    title: 'a stand-down has died',
    before: [...drained, before.standDownDies],
    useCases: [use.sweep, use.step('verify'), use.hook('copy')],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a job is cleaned up',
    before: cleanedUp,
    useCases: [use.settle, use.hookRound, use.step('verify'), use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a failed job is drained',
    before: failed,
    useCases: [use.settle, use.hookRound, use.step('copy'), use.forcedAbort, use.sweep],
    jobStates: ['CANCELLED', 'FAILED'],
  },
  {
    title: 'a cancelled job is redriven',
    before: [...ended, before.redrive],
    useCases: [use.step('copy'), use.step('verify'), use.commit, use.wholeSweep],
    jobStates: ['CANCELLED'],
  },
  {
    title: 'a dead claim has left a step of a failed job open',
    before: [...failed, before.settled, before.claimAndDie('copy'), before.aWhile],
    useCases: [use.wholeSweep, use.step('copy'), use.hook('copy'), use.drain],
    jobStates: ['FAILED'],
  },
]

/** Where a system may stand. */
export const SETTINGS: Setting[] = [...RUNNING, ...STOPPING, ...STOPPED]

export type Pair = [use.UseCase, use.UseCase]

/** Every two of the use cases, and each of them twice. */
export const pairsOf = ({ useCases }: Setting): Pair[] =>
  useCases.flatMap((first, i) => {
    const seconds = useCases.slice(first.single ? i + 1 : i)
    return seconds.map((second): Pair => [first, second])
  })

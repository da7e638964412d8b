import { expect, test } from 'vitest'
import { explore } from './explore.ts'
import type { Model, Mutation } from './model.ts'
import { modelOf } from './shapes.ts'

const started = { started: true }
const undoing = { rollback: true }
const boundary = { abortable: 'boundary' as const }
const endless = { hangs: true, deadline: true }
const abort = { graceful: 1, force: 1 }
const tasks = { external: true, abortable: 'boundary' as const }

const RUNS: [string, Model][] = [
  ['nobody interferes', modelOf('diamond', {})],
  ['every stop at once, also before the start', modelOf('two', { ...abort, consoleStop: 1 })],
  ['a graceful abort of parallel branches', modelOf('diamond', { graceful: 1 }, started)],
  ['a forced abort of parallel branches', modelOf('diamond', { force: 1, lostEvent: 1 }, started)],
  ['an escalation in parallel branches', modelOf('fork', abort, started)],
  [
    'a crash, a lost event and a sweep during an abort that rolls back',
    modelOf('two', { graceful: 1, crash: 1, lostEvent: 1, sweep: 1 }, { ...started, ...undoing }),
  ],
  [
    'a killed stand-down with clean-ups that fail and die',
    modelOf('two', { force: 1, kill: 1, hookFailure: 1, hookCrash: 1 }, undoing),
  ],
  [
    'a failing step beside a late one',
    modelOf('fork', { failure: 1, hookFailure: 1, lostEvent: 1, kill: 1 }),
  ],
  ['a redrive of a job that was aborted', modelOf('one', { graceful: 1, redrive: 1, sweep: 1 })],
  [
    'a crash in one of two branches that roll back',
    modelOf('pair', { force: 1, crash: 1, hookFailure: 1 }, { ...started, ...undoing }),
  ],
  ['force on a job that has failed by itself', modelOf('fork', { failure: 1, force: 1 }, started)],
  [
    'such a force, a killed stand-down and a clean-up that fails',
    modelOf('two', { failure: 1, force: 1, hookFailure: 1, kill: 1 }, started),
  ],
  ['a process that stands still under force', modelOf('two', { force: 1, freeze: 1 }, started)],
  ['failures that are tried again', modelOf('two', { graceful: 1, failure: 2, force: 1 }, started)],
  ['a step that stops inside, out of time', modelOf('two', { graceful: 1, outOfTime: 2 }, started)],
  [
    'a step that stops at its end, out of time, and a crash',
    modelOf('two', { graceful: 1, outOfTime: 2, crash: 1 }, { ...started, ...boundary }),
  ],
  [
    'the deadline of steps that never end',
    modelOf('two', { graceful: 1, due: 1, sweep: 1 }, { ...started, ...boundary, ...endless }),
  ],
  [
    'hooks and tasks of a killed stand-down live on',
    modelOf('one', { force: 1, kill: 2, hookFailure: 1, sweep: 1 }, { ...started, ...undoing }),
  ],
  ['an execution started past the API', modelOf('pair', { force: 1, consoleStop: 1 }, { adopted: true })],
  [
    'a failed Parallel that is caught, and its abandoned siblings',
    modelOf('pair', { failure: 1, crash: 1, hookCrash: 1 }, { ...started, caught: true }),
  ],
  [
    'a clean-up that is repeated, fails again and is killed',
    modelOf('one', { force: 1, hookFailure: 2, again: 2, kill: 1, hookCrash: 1, sweep: 1 }, started),
  ],
  [
    'stand-downs and repeated clean-ups that hand over, and whose tasks are tried again',
    modelOf('two', { force: 1, hookFailure: 1, again: 1, handOver: 2, kill: 1 }, started),
  ],
  [
    'tasks that are not ours, under both aborts',
    modelOf('one', { ...abort, crash: 1 }, { ...started, ...tasks }),
  ],
  [
    'a task that fails beside a late one, and a clean-up that fails',
    modelOf('pair', { failure: 1, force: 1, hookFailure: 1 }, { ...started, ...tasks }),
  ],
  [
    'a task that is stopped with its execution, a lost event and a sweep',
    modelOf('two', { graceful: 1, lostEvent: 1, sweep: 1 }, { ...started, ...tasks, abortable: 'stop' }),
  ],
  [
    'tasks of an execution that somebody else started, as an attached one is',
    modelOf('one', { force: 1, consoleStop: 1, failure: 1 }, { ...tasks, adopted: true }),
  ],
]

test.each(RUNS)('no invariant breaks: %s', { timeout: 60_000 }, (title, model) => {
  const { states, resting, queue, violation, trace } = explore(model)
  expect(violation, trace.join('\n')).toBeNull()
  expect(queue).toBe(0)
  expect(resting).toBeGreaterThan(0)
  console.log(`${title}: explored ${states} states, queue empty, ${resting} at rest`)
})

const MUTATIONS: [Mutation, Model, string][] = [
  ['read-before-claim', modelOf('two', { force: 1 }), 'I1'],
  ['no-wait-for-leases', modelOf('two', { force: 1 }), 'I7'],
  ['no-commit', modelOf('two', {}), 'I10'],
  ['clean-up-without-fencing', modelOf('two', { force: 1, crash: 1 }), 'case 41'],
  ['settle-without-a-last-look', modelOf('two', { force: 1, crash: 1 }), 'case 38'],
  ['declined-claim-left-open', modelOf('fork', { failure: 1 }), 'case 38'],
  ['no-heartbeat-while-fenced', modelOf('two', { force: 1 }, started), 'I7'],
  ['thawed-goes-on', modelOf('two', { force: 1, freeze: 1 }, started), 'I7'],
  [
    'stop-between-attempts',
    modelOf('two', { graceful: 1, outOfTime: 1 }, { ...started, ...boundary }),
    'case 13',
  ],
  [
    'deadline-not-kept',
    modelOf('one', { graceful: 1, due: 1 }, { ...started, ...boundary, ...endless }),
    'I2',
  ],
  ['restart-of-any-generation', modelOf('one', { force: 1, kill: 1, sweep: 2 }, started), 'I7'],
  [
    'failure-recorded-under-a-lease',
    modelOf('two', { force: 1, hookCrash: 1 }, { ...started, ...undoing }),
    'I6',
  ],
  ['hook-takes-a-live-hook', modelOf('one', { force: 1, kill: 1, sweep: 1 }, started), 'I7'],
  ['adoption-writes-anew', modelOf('pair', { force: 1 }, { adopted: true }), 'I2'],
  ['nobody-tidies', modelOf('pair', { failure: 1 }, { ...started, caught: true }), 'case 38'],
  [
    'nobody-ends-a-dead-clean-up',
    modelOf('one', { force: 1, hookFailure: 1, again: 1, kill: 1 }, started),
    'I2',
  ],
  ['run-forgets-what-it-tried', modelOf('one', { force: 1, hookFailure: 2, again: 1 }, started), 'I6'],
  ['lease-of-the-claim', modelOf('one', { graceful: 1 }, { ...started, ...tasks }), 'case 13'],
  ['retry-looks-like-the-first', modelOf('one', { crash: 1 }, { ...started, ...tasks }), 'I2'],
  ['hand-over-of-any-generation', modelOf('two', { force: 1, handOver: 1, kill: 1 }, started), 'I7'],
]

test.each(MUTATIONS)('the explorer sees the fault "%s"', (mutation, model, invariant) => {
  expect(explore({ ...model, mutation }).violation?.invariant).toBe(invariant)
})

import type { Retrier } from '#infra/asl/definition.ts'
import { retryTasks } from '#infra/asl/passes/retry-tasks.ts'
import { firstRetries, TRANSIENT_RETRY } from '../expected.ts'
import { plain, step, testPass } from './pass-rows.ts'

const machine = (Retry?: Retrier[]) => ({
  StartAt: 'write',
  States: { write: step('write', { ...(Retry && { Retry }), End: true }) },
})

/** The same rules, where an author speaks of one of their errors. */
const without = (retriers: Retrier[], name: string): Retrier[] =>
  retriers.map((retrier) => ({
    ...retrier,
    ErrorEquals: retrier.ErrorEquals.filter((error) => error !== name),
  }))

const FLAKY = { ErrorEquals: ['Flaky'], MaxAttempts: 2 }

testPass(retryTasks, [
  {
    title: 'a step repeats what is not its own fault, and never what stopped it',
    given: machine(),
    expected: machine([...firstRetries(), TRANSIENT_RETRY]),
  },
  {
    title: "the author's retries come in between",
    given: machine([FLAKY]),
    expected: machine([...firstRetries(), FLAKY, TRANSIENT_RETRY]),
  },
  ...['States.ALL', 'States.TaskFailed'].map((name) => ({
    title: `an author who says something of ${name} says it of each fault of a step that ran, not of a throttled call`,
    given: machine([{ ErrorEquals: [name], MaxAttempts: 1 }]),
    expected: machine([...firstRetries(), { ErrorEquals: [name], MaxAttempts: 1 }]),
  })),
  {
    title: 'an author who says something of one fault leaves the defaults of the others alone',
    given: machine([{ ErrorEquals: ['Sandbox.Timedout', 'Lambda.ServiceException'], MaxAttempts: 1 }]),
    expected: machine([
      ...without(firstRetries(), 'Lambda.ServiceException'),
      { ErrorEquals: ['Sandbox.Timedout', 'Lambda.ServiceException'], MaxAttempts: 1 },
      ...without([TRANSIENT_RETRY], 'Sandbox.Timedout'),
    ]),
  },
  {
    title: 'a task that is no step keeps the retries it has',
    given: { StartAt: 'Call', States: { Call: plain({ Retry: [FLAKY], End: true }) } },
    expected: { StartAt: 'Call', States: { Call: plain({ Retry: [FLAKY], End: true }) } },
  },
])

import type { Retrier } from '#infra/asl/definition.ts'
import { retryTasks } from '#infra/asl/passes/retry-tasks.ts'
import { FIRST_RETRIES, TRANSIENT_RETRY } from '../expected.ts'
import { plain, step, testPass } from './pass-rows.ts'

const machine = (Retry?: Retrier[]) => ({
  StartAt: 'write',
  States: { write: step('write', { ...(Retry && { Retry }), End: true }) },
})

const FLAKY = { ErrorEquals: ['Flaky'], MaxAttempts: 2 }

testPass(retryTasks, [
  {
    title: 'a step repeats what is not its own fault, and never what stopped it',
    given: machine(),
    expected: machine([...FIRST_RETRIES, TRANSIENT_RETRY]),
  },
  {
    title: "the author's retries come in between",
    given: machine([FLAKY]),
    expected: machine([...FIRST_RETRIES, FLAKY, TRANSIENT_RETRY]),
  },
  ...['States.ALL', 'States.TaskFailed', 'Sandbox.Timedout'].map((name) => ({
    title: `an author who says something of ${name} says it instead of the default`,
    given: machine([{ ErrorEquals: [name], MaxAttempts: 1 }]),
    expected: machine([...FIRST_RETRIES, { ErrorEquals: [name], MaxAttempts: 1 }]),
  })),
  {
    title: 'a task that is no step keeps the retries it has',
    given: { StartAt: 'Call', States: { Call: plain({ Retry: [FLAKY], End: true }) } },
    expected: { StartAt: 'Call', States: { Call: plain({ Retry: [FLAKY], End: true }) } },
  },
])

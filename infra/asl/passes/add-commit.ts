import { STEP_PARAMETERS } from '#core/template.ts'
import { COMMIT, type Retrier } from '../definition.ts'
import type { Pass } from '../pass.ts'

/** What only records is repeated whatever happened to it, for an hour: the work has been done by then, or has not begun. */
export const ALWAYS: Retrier = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  MaxAttempts: 60,
}

/**
 * Adds the job's last task, which later passes complete as they do the steps. It discards its result, so
 * that the execution's output is that of the author's chain.
 */
export const addCommit: Pass = (definition, { commitArn }) => {
  const commit = {
    Type: 'Task',
    Resource: commitArn,
    Parameters: { [STEP_PARAMETERS]: {} },
    ResultPath: null,
    Retry: [ALWAYS],
    Catch: [],
    End: true,
  }
  return { ...definition, States: { ...definition.States, [COMMIT]: commit } }
}

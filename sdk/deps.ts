import { dynamodb, stepFunctions } from '#aws/clients.ts'
import { env } from '#aws/env.ts'
import { createExecutions, type Executions } from '#aws/executions.ts'
import { createStore, type Store } from '#aws/table/store.ts'

/** What a step needs of AWS. Tests and other runtimes may give their own. */
export type StepDeps = {
  store: Store
  executions: Executions
  leaseMs: number
  /** At most one write and one look at the abort in this time. */
  periodMs: number
}

let made: StepDeps | undefined

export function stepDeps(): StepDeps {
  made ??= {
    store: createStore({
      client: dynamodb(),
      tableName: env.tableName(),
      retentionDays: env.retentionDays(),
    }),
    executions: createExecutions(stepFunctions()),
    leaseMs: env.leaseSeconds() * 1000,
    periodMs: 1000,
  }
  return made
}

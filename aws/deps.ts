import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodb, stepFunctions } from './clients.ts'
import { env } from './env.ts'
import { createExecutions, type Executions } from './executions.ts'
import { createStore, type Store } from './table/store.ts'
import { createTemplates, type Templates } from './templates.ts'

/** What the product's own functions work on. */
export type Deps = {
  store: Store
  executions: Executions
  templates: Templates
  client: DynamoDBClient
  tableName: string
  standDownArn: string
}

/** The deployed function's own, from its environment. */
export function productDeps(): Deps {
  const client = dynamodb()
  const tableName = env.tableName()
  return {
    store: createStore({ client, tableName, retentionDays: env.retentionDays() }),
    executions: createExecutions(stepFunctions()),
    templates: createTemplates(stepFunctions(), env.templates()),
    client,
    tableName,
    standDownArn: env.standDownArn(),
  }
}

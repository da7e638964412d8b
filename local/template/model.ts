import type { StackResource } from '#local/deployment/ledger.ts'
import type { RuleOptions } from '#local/events/event-bridge.ts'
import type { LambdaFunction } from '#local/lambda/environment.ts'

/** What the runtime runs: the resolved resources of every stack in an assembly. */

export type TableModel = {
  logicalId: string
  name: string
  arn: string
  streamArn: string
  /** The input of CreateTable. */
  definition: Record<string, unknown>
  ttlAttribute?: string
}

export type FunctionModel = LambdaFunction & { logicalId: string }

export type StateMachineModel = {
  logicalId: string
  name: string
  arn: string
  type: 'STANDARD' | 'EXPRESS'
  roleArn: string
  definition: string
  loggingConfiguration: unknown
}

export type EventSourceModel = {
  logicalId: string
  tableName: string
  functionName: string
  enabled: boolean
  batchSize: number
  filters: object[]
  bisectOnError: boolean
  /** -1: until the records expire, as on AWS. */
  maximumRetryAttempts: number
  reportBatchItemFailures: boolean
  onFailureArn?: string
}

export type HttpRoute = {
  routeKey: string
  functionName: string
  payloadFormatVersion: string
  /** The Lambda authorizer's function; without one the caller is the user who runs this machine. */
  authorizerFunction?: string
}

export type HttpApiModel = { id: string; name: string; stage: string; routes: HttpRoute[] }

export type QueueModel = { name: string; arn: string }

export type Model = {
  /** What a later deployment has to know of this one. */
  resources: StackResource[]
  tables: TableModel[]
  functions: FunctionModel[]
  stateMachines: StateMachineModel[]
  buses: string[]
  rules: RuleOptions[]
  eventSources: EventSourceModel[]
  httpApis: HttpApiModel[]
  buckets: string[]
  queues: QueueModel[]
  outputs: Record<string, string>
}

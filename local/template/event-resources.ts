import type { RuleOptions, Target } from '#local/events/event-bridge.ts'
import type { Json, JsonObject } from './assembly.ts'
import { child, children, type Entry, numeric, text } from './entry.ts'
import type { EventSourceModel } from './model.ts'

/** The name in an ARN that ends in `.../name` or `...:name`; a bare name stays as it is. */
export function nameInArn(nameOrArn: string): string {
  return nameOrArn.split(/[/:]/).at(-1) ?? nameOrArn
}

export function readRule(entry: Entry): RuleOptions {
  const { name, properties } = entry
  const { EventPattern, ScheduleExpression } = properties
  return {
    name,
    busName: nameInArn(text(entry, 'EventBusName', 'default')),
    enabled: text(entry, 'State', 'ENABLED') !== 'DISABLED',
    ...(EventPattern !== undefined && { pattern: EventPattern as object }),
    ...(ScheduleExpression !== undefined && { schedule: String(ScheduleExpression) }),
    targets: children(properties, 'Targets').map(readTarget),
  }
}

function readTarget(target: JsonObject): Target {
  const changed = ['Input', 'InputPath', 'InputTransformer'].find(
    (property) => target[property] !== undefined,
  )
  if (changed)
    throw new Error(`target ${target.Id}: ${changed} does not run here; a target gets the event as it is`)
  const deadLetterArn = child(target, 'DeadLetterConfig').Arn
  const attempts = child(target, 'RetryPolicy').MaximumRetryAttempts
  return {
    id: String(target.Id),
    arn: String(target.Arn),
    ...(deadLetterArn !== undefined && { deadLetterArn: String(deadLetterArn) }),
    ...(attempts !== undefined && { maximumRetryAttempts: Number(attempts) }),
  }
}

const STREAM = /:table\/([^/]+)\/stream\//

export function readEventSource(entry: Entry): EventSourceModel {
  const { logicalId, properties } = entry
  const source = text(entry, 'EventSourceArn')
  const tableName = STREAM.exec(source)?.[1]
  if (!tableName)
    throw new Error(`${logicalId}: only a table's stream can be an event source here, got ${source}`)
  const types = Array.isArray(properties.FunctionResponseTypes) ? properties.FunctionResponseTypes : []
  const onFailure = child(child(properties, 'DestinationConfig'), 'OnFailure').Destination
  return {
    logicalId,
    tableName,
    functionName: nameInArn(text(entry, 'FunctionName')),
    enabled: properties.Enabled !== false,
    batchSize: numeric(properties, 'BatchSize', 100),
    filters: children(child(properties, 'FilterCriteria'), 'Filters').map(({ Pattern }) =>
      parsePattern(Pattern),
    ),
    bisectOnError: properties.BisectBatchOnFunctionError === true,
    maximumRetryAttempts: numeric(properties, 'MaximumRetryAttempts', -1),
    reportBatchItemFailures: types.includes('ReportBatchItemFailures'),
    ...(onFailure !== undefined && { onFailureArn: String(onFailure) }),
  }
}

function parsePattern(pattern: Json | undefined): object {
  return JSON.parse(String(pattern)) as object
}

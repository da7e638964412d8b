import type { JsonObject } from './assembly.ts'
import { child, children, type Entry, numeric, text } from './entry.ts'
import type { FunctionModel, StateMachineModel } from './model.ts'

type Read = Pick<Entry, 'logicalId' | 'name' | 'arn' | 'properties'>

/** The folder of a function's code in the assembly. */
export function codeOf({ logicalId, properties, context }: Entry): string {
  const key = child(properties, 'Code').S3Key
  const codeDir = typeof key === 'string' ? context.assembly.assets.get(key) : undefined
  if (codeDir) return codeDir
  throw new Error(`${logicalId}: the code must be a bundled asset folder, got ${JSON.stringify(key)}`)
}

export function readFunction(entry: Read, codeDir: string): FunctionModel {
  const { logicalId, name, arn, properties } = entry
  const { Variables = {} } = child(properties, 'Environment')
  const reserved = properties.ReservedConcurrentExecutions
  const { LogGroup } = child(properties, 'LoggingConfig')
  return {
    logicalId,
    name,
    arn,
    codeDir,
    handler: text(entry, 'Handler'),
    environment: Object.fromEntries(Object.entries(Variables as JsonObject).map(([k, v]) => [k, String(v)])),
    timeoutSeconds: numeric(properties, 'Timeout', 3),
    memoryMb: numeric(properties, 'MemorySize', 128),
    roleArn: text(entry, 'Role', ''),
    logGroup: typeof LogGroup === 'string' ? LogGroup : `/aws/lambda/${name}`,
    ...(reserved !== undefined && { reservedConcurrency: Number(reserved) }),
  }
}

export function readStateMachine(entry: Read): StateMachineModel {
  const { logicalId, name, arn, properties } = entry
  const type = text(entry, 'StateMachineType', 'STANDARD')
  if (type !== 'STANDARD' && type !== 'EXPRESS') throw new Error(`${logicalId}: unknown type ${type}`)
  const other = OTHER_DEFINITIONS.find((property) => properties[property] !== undefined)
  if (other) throw new Error(`${logicalId}: ${other} does not run here; give a DefinitionString`)
  const definition = text(entry, 'DefinitionString')
  const loggingConfiguration = loggingOf(child(properties, 'LoggingConfiguration'))
  return { logicalId, name, arn, type, roleArn: text(entry, 'RoleArn', ''), definition, loggingConfiguration }
}

/** As the API of Step Functions spells it. */
function loggingOf(logging: JsonObject): object {
  const destinations = children(logging, 'Destinations').map((destination) => ({
    cloudWatchLogsLogGroup: { logGroupArn: child(destination, 'CloudWatchLogsLogGroup').LogGroupArn },
  }))
  const { Level = 'OFF', IncludeExecutionData = false } = logging
  return { level: Level, includeExecutionData: IncludeExecutionData, destinations }
}

const OTHER_DEFINITIONS = ['Definition', 'DefinitionS3Location', 'DefinitionSubstitutions']

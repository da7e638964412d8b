import { readFileSync } from 'node:fs'
import type { JsonObject } from './assembly.ts'
import { child, type Entry, numeric, text } from './entry.ts'
import type { FunctionModel, StateMachineModel } from './model.ts'

export function readFunction(entry: Entry): FunctionModel {
  const { logicalId, name, arn, properties, context } = entry
  const { Variables = {} } = child(properties, 'Environment')
  const reserved = properties.ReservedConcurrentExecutions
  const key = child(properties, 'Code').S3Key
  const codeDir = typeof key === 'string' ? context.assembly.assets.get(key) : undefined
  if (!codeDir)
    throw new Error(`${logicalId}: the code must be a bundled asset folder, got ${JSON.stringify(key)}`)
  return {
    logicalId,
    name,
    arn,
    codeDir,
    handler: text(entry, 'Handler'),
    environment: Object.fromEntries(Object.entries(Variables as JsonObject).map(([k, v]) => [k, String(v)])),
    timeoutSeconds: numeric(properties, 'Timeout', 3),
    memoryMb: numeric(properties, 'MemorySize', 128),
    ...(reserved !== undefined && { reservedConcurrency: Number(reserved) }),
  }
}

export function readStateMachine(entry: Entry): StateMachineModel {
  const { logicalId, name, arn, properties } = entry
  const type = text(entry, 'StateMachineType', 'STANDARD')
  if (type !== 'STANDARD' && type !== 'EXPRESS') throw new Error(`${logicalId}: unknown type ${type}`)
  const substitutions = child(properties, 'DefinitionSubstitutions')
  // Substitutions are put in as they are: CloudFormation leaves a name it does not know alone.
  const definition = definitionText(entry).replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, key: string) =>
    key in substitutions ? String(substitutions[key]) : whole,
  )
  return { logicalId, name, arn, type, roleArn: text(entry, 'RoleArn', ''), definition }
}

function definitionText({ logicalId, properties, context }: Entry): string {
  const { DefinitionString, Definition } = properties
  if (typeof DefinitionString === 'string') return DefinitionString
  if (Definition !== undefined) return JSON.stringify(Definition)
  const { Key } = child(properties, 'DefinitionS3Location')
  const path = typeof Key === 'string' ? context.assembly.assets.get(Key) : undefined
  if (path) return readFileSync(path, 'utf8')
  throw new Error(`${logicalId} has no definition here: give DefinitionString, Definition or an asset`)
}

import type { Json, JsonObject } from './assembly.ts'
import { STREAM_LABEL } from './attributes.ts'
import { child, children, type Entry } from './entry.ts'
import type { TableModel } from './model.ts'

// What CreateTable and CloudFormation spell the same.
const INDEX_PROPERTIES = ['IndexName', 'KeySchema', 'Projection']

/** AWS::DynamoDB::Table as the input of CreateTable; always billed on demand here. */
export function readTable({ logicalId, name, arn, properties }: Entry): TableModel {
  const ttl = child(properties, 'TimeToLiveSpecification')
  const indexes = (property: string): JsonObject =>
    children(properties, property).length === 0
      ? {}
      : { [property]: children(properties, property).map((index) => pick(index, INDEX_PROPERTIES)) }
  return {
    logicalId,
    name,
    arn,
    streamArn: `${arn}/stream/${STREAM_LABEL}`,
    definition: {
      TableName: name,
      ...pick(properties, ['AttributeDefinitions', 'KeySchema']),
      BillingMode: 'PAY_PER_REQUEST',
      ...indexes('GlobalSecondaryIndexes'),
      ...indexes('LocalSecondaryIndexes'),
      ...streamOf(properties),
    },
    ...(ttl.Enabled === true && { ttlAttribute: String(ttl.AttributeName) }),
  }
}

function streamOf(properties: JsonObject): JsonObject {
  const { StreamViewType } = child(properties, 'StreamSpecification')
  return StreamViewType === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType } }
}

function pick(source: JsonObject, names: string[]): JsonObject {
  const present = names.filter((name) => source[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, source[name] as Json]))
}

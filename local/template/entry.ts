import type { JsonObject, Resource } from './assembly.ts'
import { attributeOf } from './attributes.ts'
import { nameOf } from './intrinsics.ts'
import type { Context } from './template-context.ts'

/** A resource with its properties worked out. */
export type Entry = {
  logicalId: string
  type: string
  name: string
  arn: string
  ref: string
  properties: JsonObject
  context: Context
}

type ResolvedResource = { logicalId: string; resource: Resource; properties: JsonObject; context: Context }

const WITHOUT_ARN = /^AWS::(ApiGatewayV2|Lambda::EventSourceMapping)/

export function entryOf({ logicalId, resource, properties, context }: ResolvedResource): Entry {
  const name = nameOf({ logicalId, resource }, context)
  const named = { logicalId, resource, context, name }
  const hasArn = !WITHOUT_ARN.test(resource.Type)
  return {
    logicalId,
    type: resource.Type,
    name,
    arn: hasArn ? attributeOf(named, 'Arn') : '',
    ref: attributeOf(named, 'ref'),
    properties,
    context,
  }
}

/** The text of a property, or the given default; without one it is required. */
export function text(
  { properties, logicalId }: Pick<Entry, 'properties' | 'logicalId'>,
  property: string,
  otherwise?: string,
): string {
  const value = properties[property] ?? otherwise
  if (typeof value === 'string') return value
  throw new Error(`${logicalId}: ${property} must be a text, got ${JSON.stringify(value)}`)
}

export function numeric(properties: JsonObject, property: string, otherwise: number): number {
  const value = Number(properties[property] ?? otherwise)
  if (Number.isFinite(value)) return value
  throw new Error(`${property} must be a number, got ${JSON.stringify(properties[property])}`)
}

export function child(properties: JsonObject, property: string): JsonObject {
  const value = properties[property]
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}

export function children(properties: JsonObject, property: string): JsonObject[] {
  const value = properties[property]
  return Array.isArray(value) ? (value as JsonObject[]) : []
}

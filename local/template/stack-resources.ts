import type { StackResource } from '#local/deployment/ledger.ts'
import type { Json, JsonObject, Resource } from './assembly.ts'
import { attributeOf } from './attributes.ts'
import { nameOf, resolveKnown } from './intrinsics.ts'
import type { Context } from './template-context.ts'

/** What a later deployment, a clean-up of the account or a look at permissions has to know. */
const REMEMBERED = new Set([
  'AWS::Events::EventBusPolicy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::StepFunctions::StateMachine',
])

/** Those resources of the stack that are remembered. */
export function stackResources(context: Context): StackResource[] {
  return Object.entries(context.stack.template.Resources ?? {})
    .filter(([, { Type }]) => REMEMBERED.has(Type))
    .map(([logicalId, resource]) => stackResource(logicalId, resource, context))
}

function stackResource(logicalId: string, resource: Resource, context: Context): StackResource {
  const name = nameOf({ logicalId, resource }, context)
  const named = { logicalId, resource, context, name }
  const physicalId = attributeOf(named, 'ref')
  return {
    stack: context.stack.name,
    logicalId,
    type: resource.Type,
    physicalId,
    name,
    arn: WITH_ARN.has(resource.Type) ? attributeOf(named, 'Arn') : physicalId,
    properties: propertiesOf(resource, context),
    retained: resource.DeletionPolicy?.startsWith('Retain') ?? false,
  }
}

const WITH_ARN = new Set([
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::StepFunctions::StateMachine',
])

/** A published version keeps what its function was. */
function propertiesOf(resource: Resource, context: Context): JsonObject {
  const properties = resolveKnown(resource.Properties ?? {}, context) as JsonObject
  if (resource.Type !== 'AWS::Lambda::Version') return properties
  const id = (resource.Properties?.FunctionName as { Ref?: Json } | undefined)?.Ref
  const fn = context.stack.template.Resources?.[String(id)]
  return {
    ...(resolveKnown(fn?.Properties ?? {}, context) as JsonObject),
    FunctionName: properties.FunctionName ?? null,
  }
}

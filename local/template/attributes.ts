import type { Json } from './assembly.ts'
import { arn, type Context, globalArn, type PlacedResource, unnamed } from './template-context.ts'

type Attributes = { ref: string; [attribute: string]: string }
type NamedResource = PlacedResource & { name: string; context: Context }

// The property that holds the physical name, where it is not `Name`.
const NAME_PROPERTY: Record<string, string> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
}
// Here `Name` is a title, not an identity.
const UNNAMED = new Set(['AWS::ApiGatewayV2::Api'])

export const STREAM_LABEL = '2020-01-01T00:00:00.000'

const ATTRIBUTES: Record<string, (named: NamedResource) => Attributes> = {
  'AWS::ApiGatewayV2::Api': ({ name, context }) => ({
    ref: name,
    ApiId: name,
    ApiEndpoint: context.urls.apiUrl,
  }),
  'AWS::ApiGatewayV2::Stage': ({ resource }) => ({
    ref: String(resource.Properties?.StageName ?? '$default'),
  }),
  'AWS::DynamoDB::Table': (named) => table(named),
  'AWS::Events::EventBus': ({ name }) => ({ ref: name, Name: name, Arn: arn('events', `event-bus/${name}`) }),
  'AWS::Events::Rule': ({ name }) => ({ ref: name, Arn: arn('events', `rule/${name}`) }),
  'AWS::IAM::Role': ({ name }) => ({ ref: name, RoleId: name, Arn: globalArn('iam', `role/${name}`) }),
  'AWS::Lambda::Function': ({ name }) => ({ ref: name, Arn: arn('lambda', `function:${name}`) }),
  'AWS::Lambda::Version': (named) => version(named),
  'AWS::Logs::LogGroup': ({ name }) => ({ ref: name, Arn: `${arn('logs', `log-group:${name}`)}:*` }),
  'AWS::S3::Bucket': ({ name }) => ({
    ref: name,
    Arn: globalArn('s3', name),
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.us-east-1.amazonaws.com`,
  }),
  'AWS::SQS::Queue': ({ name, context }) => ({
    ref: `${context.urls.awsUrl}/000000000000/${name}`,
    QueueName: name,
    QueueUrl: `${context.urls.awsUrl}/000000000000/${name}`,
    Arn: arn('sqs', name),
  }),
  'AWS::StepFunctions::StateMachine': ({ name }) => ({
    ref: arn('states', `stateMachine:${name}`),
    Name: name,
    Arn: arn('states', `stateMachine:${name}`),
  }),
}

function version(named: NamedResource): Attributes {
  const functionName = versionedFunction(named)
  const number = String(named.context.versions.versionNumber(functionName, named.logicalId))
  const versionArn = arn('lambda', `function:${functionName}:${number}`)
  return { ref: versionArn, Arn: versionArn, FunctionArn: versionArn, Version: number }
}

/** The physical name of the function that a version is of. */
function versionedFunction({ logicalId, resource, context }: NamedResource): string {
  const of = resource.Properties?.FunctionName
  const id = typeof of === 'object' && of !== null && !Array.isArray(of) ? String(of.Ref) : undefined
  const name = id && context.stack.template.Resources?.[id]?.Properties?.FunctionName
  if (typeof name === 'string') return name
  if (id) return unnamed(id, context)
  throw new Error(`${logicalId}: FunctionName must be a Ref to a function, got ${JSON.stringify(of)}`)
}

function table({ name }: NamedResource): Attributes {
  const tableArn = arn('dynamodb', `table/${name}`)
  return { ref: name, Arn: tableArn, StreamArn: `${tableArn}/stream/${STREAM_LABEL}` }
}

/** The physical name: what the template says, otherwise one that follows from the logical id. */
export function physicalName(
  { logicalId, resource, context }: PlacedResource & { context: Context },
  resolve: (value: Json) => Json,
): string {
  const property = NAME_PROPERTY[resource.Type] ?? 'Name'
  const given = UNNAMED.has(resource.Type) ? undefined : resource.Properties?.[property]
  const name = given === undefined ? undefined : resolve(given)
  if (typeof name === 'string' && name !== '') return name
  const own = unnamed(logicalId, context)
  return resource.Type === 'AWS::S3::Bucket' ? own.toLowerCase() : own
}

export function attributeOf(named: NamedResource, attribute: string): string {
  const { resource, name, logicalId } = named
  const attributes = ATTRIBUTES[resource.Type]?.(named) ?? { ref: name }
  const value = attributes[attribute]
  if (value !== undefined) return value
  throw new Error(
    `${logicalId} (${resource.Type}) has no attribute ${attribute} here; add it to local/template`,
  )
}

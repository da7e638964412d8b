import type { AwsCall } from '#local/lambda/worker-messages.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '#local/types.ts'
import type { Permission } from './policy.ts'
import { s3Permissions } from './s3-permissions.ts'

const arnOf = (service: string, path: string): string =>
  `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${path}`

type Names = (name: string) => string[]

/** How a JSON service is called in policies, and what its operations work on; nothing where that is not known. */
const SERVICES: Record<string, { service: string; resources(names: Names): string[] }> = {
  DynamoDB_20120810: {
    service: 'dynamodb',
    resources: (names) => {
      const [table] = names('TableName')
      const [index] = names('IndexName')
      return table ? [arnOf('dynamodb', `table/${table}${index ? `/index/${index}` : ''}`)] : []
    },
  },
  AWSStepFunctions: {
    service: 'states',
    resources: (names) => [...names('executionArn'), ...names('stateMachineArn')],
  },
  AWSEvents: {
    service: 'events',
    resources: (names) =>
      names('EventBusName').map((name) => arnOf('events', `event-bus/${name.split('/').at(-1)}`)),
  },
  AmazonSQS: {
    service: 'sqs',
    resources: (names) => names('QueueUrl').map((url) => arnOf('sqs', url.split('/').at(-1) ?? '')),
  },
  secretsmanager: {
    service: 'secretsmanager',
    // Amazon adds six characters to a name.
    resources: (names) =>
      names('SecretId').map((id) =>
        id.startsWith('arn:') ? id : arnOf('secretsmanager', `secret:${id}-aBcDeF`),
      ),
  },
  AmazonSSM: { service: 'ssm', resources: () => [] },
}

/** Operations whose permission has another name, or more than one. */
const SPECIAL =
  /^DynamoDB_20120810\.(TransactWriteItems|TransactGetItems|ExecuteStatement|BatchExecuteStatement)$/
const INVOKE = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/

/** What the role of the caller must allow; nothing where that is not known here. */
export function requiredPermissions(call: AwsCall): Permission[] {
  if (call.target === null) return restPermissions(call)
  const [prefix = '', operation = ''] = call.target.split('.')
  const known = Object.hasOwn(SERVICES, prefix) ? SERVICES[prefix] : undefined
  if (!known || SPECIAL.test(call.target)) return []
  const names: Names = (name) =>
    call.names.filter((one) => one.startsWith(`${name}=`)).map((one) => one.slice(name.length + 1))
  const action = `${known.service}:${operation}`
  const resources = known.resources(names)
  return resources.length > 0
    ? resources.map((resource) => ({ action, resource }))
    : [{ action, resource: null }]
}

function restPermissions(call: AwsCall): Permission[] {
  const name = INVOKE.exec(call.path)?.[1]
  if (name !== undefined) {
    const given = decodeURIComponent(name)
    const resource = given.startsWith('arn:') ? given : arnOf('lambda', `function:${given}`)
    return [{ action: 'lambda:InvokeFunction', resource }]
  }
  return call.path.startsWith('/2015-03-31/') || call.path === '/' ? [] : s3Permissions(call)
}

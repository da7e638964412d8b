import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SFNClient } from '@aws-sdk/client-sfn'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableSteps } from '#aws/table/steps.ts'

export type ClientsOptions = { endpoint: string | undefined; env: NodeJS.ProcessEnv; prefix: string }
export type Clients = ReturnType<typeof openClients>

/** Reading a large account is throttled now and then, and nobody waits for a lease here. */
const PATIENT = { maxAttempts: 12 }

/** Clients of one account, and its jobs. */
export function openClients({ endpoint, env, prefix }: ClientsOptions) {
  const options = { ...PATIENT, ...(endpoint ? { endpoint, ...localDefaults(env) } : {}) }
  const clients = {
    cloudFormation: new CloudFormationClient(options),
    dynamodb: new DynamoDBClient(options),
    iam: new IAMClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    stepFunctions: new SFNClient(options),
  }
  // Only read: how long items are kept does not matter.
  const table = { client: clients.dynamodb, tableName: `${prefix}-jobs`, retentionDays: 0 }
  return {
    ...clients,
    jobs: new TableJobIndex(table),
    steps: new TableSteps(table),
    [Symbol.dispose]: () => {
      for (const client of Object.values(clients)) client.destroy()
    },
  }
}

/** The local runtime takes any key; without one the SDK would look for a login. */
function localDefaults(env: NodeJS.ProcessEnv) {
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1'
  const isGiven = env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined
  return { region, ...(isGiven ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }) }
}

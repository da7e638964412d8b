import { LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { MARKS_BUCKET } from '../jobs/marks-bucket.ts'
import { ApiClient, type Templates } from './api-client.ts'
import { startPrivateRuntime } from './private-runtime.ts'

/** What a scenario may use: the front doors of one running Standdown, wherever it runs. */
export type Deployment = {
  api: ApiClient
  awsUrl: string
  sfn: SFNClient
  s3: S3Client
  lambda: LambdaClient
  /** The state machine of a template. */
  machineOf(template: string): Promise<string>
  /** Whether it has the test jobs beside those of the product. */
  hasTestJobs: boolean
  /** The end of a job's execution, as the AWS API tells it. */
  execution(jobId: string): Promise<{ status: string; error: string | undefined; cause: string | undefined }>
  /** The local runtime's process, where it is ours to look into. */
  pid: number | undefined
  /** What that process printed; nothing where it is not ours to look into. */
  log(): string[]
  close(): Promise<void>
}

export const LOCAL = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}

/** Whether the scenarios run against a deployment that is there already. */
export const isForeign = (): boolean =>
  Boolean(process.env.STANDDOWN_API_URL ?? process.env.STANDDOWN_AWS_URL)

/** Whether it runs on another machine, from which no port of this one is reached. */
export const isFar = (): boolean =>
  isForeign() &&
  !/^(127\.0\.0\.1|localhost|\[::1\])$/.test(URL.parse(process.env.STANDDOWN_API_URL ?? '')?.hostname ?? '')

/** For the title of what is left out there. */
export const ifFar = (): string =>
  isFar() ? ' (left out: the runtime is on another machine, and reaches no port of this one)' : ''

/** The one at STANDDOWN_API_URL and STANDDOWN_AWS_URL, or a private runtime. */
export async function openDeployment(): Promise<Deployment> {
  if (!isForeign()) return openPrivateDeployment()
  const { STANDDOWN_API_URL: apiUrl, STANDDOWN_AWS_URL: awsUrl } = process.env
  if (!apiUrl || !awsUrl) throw new Error('set both of STANDDOWN_API_URL and STANDDOWN_AWS_URL, or neither')
  return deploymentAt({ apiUrl, awsUrl, pid: undefined, close: async () => undefined })
}

export const openPrivateDeployment = async (): Promise<Deployment> =>
  deploymentAt(await startPrivateRuntime())

type Endpoints = Pick<Deployment, 'awsUrl' | 'pid' | 'close'> & { apiUrl: string; log?: () => string[] }

export async function deploymentAt({
  apiUrl,
  awsUrl,
  pid,
  log = () => [],
  close,
}: Endpoints): Promise<Deployment> {
  const api = new ApiClient(apiUrl)
  const sfn = new SFNClient({ ...LOCAL, endpoint: awsUrl })
  const s3 = s3At(awsUrl)
  await s3.send(new CreateBucketCommand({ Bucket: MARKS_BUCKET })).catch(ownedAlready)
  const { body } = await api.call<Templates>('GET /templates')
  const machines = new Map(body.items.map(({ name, state_machine_arn }) => [name, state_machine_arn]))
  return {
    api,
    awsUrl,
    sfn,
    s3,
    pid,
    log,
    close,
    lambda: new LambdaClient({ ...LOCAL, endpoint: awsUrl }),
    hasTestJobs: machines.has('lab-solo'),
    machineOf: async (template) => machines.get(template) ?? fail(`there is no template ${template}`),
    execution: async (jobId) => {
      const { execution_arn: executionArn } = await api.view(jobId)
      const { status = '', error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
      return { status, error, cause }
    },
  }
}

export const s3At = (endpoint: string): S3Client => new S3Client({ ...LOCAL, endpoint, forcePathStyle: true })

export function ownedAlready(error: Error): void {
  if (!['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'].includes(error.name)) throw error
}

function fail(message: string): never {
  throw new Error(message)
}

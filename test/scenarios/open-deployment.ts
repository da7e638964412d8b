import { readdirSync, readFileSync } from 'node:fs'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { MARKS_BUCKET } from '../jobs/test-functions.ts'
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
  /** The end of a job's execution, as the AWS API tells it. */
  execution(jobId: string): Promise<{ status: string; error: string | undefined; cause: string | undefined }>
  /** The local runtime's process, where it is ours to look into. */
  pid: number | undefined
  log(): string
  close(): Promise<void>
}

export const LOCAL = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
}

/** Those of STANDDOWN_API_URL and STANDDOWN_AWS_URL, or a private runtime. */
export async function openDeployment(): Promise<Deployment> {
  const { STANDDOWN_API_URL: apiUrl, STANDDOWN_AWS_URL: awsUrl } = process.env
  if (apiUrl && awsUrl) {
    return deploymentAt({ apiUrl, awsUrl, pid: undefined, log: () => '', close: async () => undefined })
  }
  return openPrivateDeployment()
}

export const openPrivateDeployment = async (): Promise<Deployment> =>
  deploymentAt(await startPrivateRuntime())

type Place = {
  apiUrl: string
  awsUrl: string
  pid: number | undefined
  log(): string
  close(): Promise<void>
}

export async function deploymentAt({ apiUrl, awsUrl, pid, log, close }: Place): Promise<Deployment> {
  const api = new ApiClient(apiUrl)
  const sfn = new SFNClient({ ...LOCAL, endpoint: awsUrl })
  const s3 = s3At(awsUrl)
  await s3.send(new CreateBucketCommand({ Bucket: MARKS_BUCKET })).catch(ownedAlready)
  const { body } = await api.call<Templates>('GET /templates')
  const machines = new Map(body.items.map(({ name, state_machine_arn }) => [name, state_machine_arn]))
  return {
    ...{ api, awsUrl, sfn, s3, pid, log, close },
    lambda: new LambdaClient({ ...LOCAL, endpoint: awsUrl }),
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

/** Processes of a Lambda function that run below `pid`: found by what Lambda puts into their environment. */
export function workersOf(pid: number, functionName: string): number[] {
  const wanted = `AWS_LAMBDA_FUNCTION_NAME=${functionName}`
  return readdirSync('/proc')
    .map(Number)
    .filter((child) => child > 0 && readProc(child, 'stat').split(') ').at(-1)?.split(' ')[1] === String(pid))
    .filter((child) => readProc(child, 'environ').split('\0').includes(wanted))
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended while we looked.
    return ''
  }
}

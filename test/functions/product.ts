import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { TableJobs } from '#aws/table/jobs.ts'
import type { TableAccess } from '#aws/table/records.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { TableValues } from '#aws/table/values.ts'
import type { Jobs, Steps, Values } from '#engine/ports.ts'
import { KEPT_DAYS, startTable, TABLE } from '#test/aws/table.ts'

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine'
export const MACHINE = `${ARN}:demo`
/** It was there once. */
export const GONE_MACHINE = `${ARN}:gone`
export const STAND_DOWN = `${ARN}:stand-down`

type Input = Record<string, string> & { Entries?: { DetailType: string; Detail: string }[] }
/** The status of an execution that cannot be described. */
export const UNREADABLE = 'UNREADABLE'

type Running = { status: string; input: string; error?: string; cause?: string }

export type Product = {
  jobs: Jobs
  steps: Steps
  client: DynamoDBClient
  access: TableAccess
  values: Values
  /** By ARN. */
  executions: Map<string, Running>
  /** What was put on the bus. */
  published: { DetailType: string; Detail: string }[]
  calls: string[]
  /** The error that each operation answers from now on. */
  failing: Map<string, string>
  stop(): Promise<void>
}

const DEMO_INPUT: object = {
  type: 'object',
  properties: {
    count: { type: 'integer', default: 1 },
    name: { type: 'string', pattern: '^[^!]*$', description: 'a name without !' },
  },
  additionalProperties: false,
}

const definition = (modes: string[], input_schema: object): string => {
  const about = { name: 'demo', description: 'a demo', input_schema, abort_modes: modes }
  const standdown = { step: 'copy', order: 1, abortable: 'checkpoint' }
  const copy = { Type: 'Task', Resource: 'arn:copy', Parameters: { standdown } }
  return JSON.stringify({ Comment: JSON.stringify({ standdown: about }), StartAt: 'copy', States: { copy } })
}

const executionOf = (machine: string, name: string): string =>
  `${machine.replace(':stateMachine:', ':execution:')}:${name}`

/** The emulator's table, and a Step Functions and a bus that only remember; the functions find them by the environment. */
export async function startProduct(modes = ['graceful', 'force'], input = DEMO_INPUT): Promise<Product> {
  const table = await startTable()
  const executions: Product['executions'] = new Map()
  const published: Product['published'] = []
  const calls: string[] = []
  const failing: Product['failing'] = new Map()
  const end = (arn: string, ending: Omit<Running, 'input'>): void => {
    const found = executions.get(arn)
    if (found?.status === 'RUNNING') executions.set(arn, { ...found, ...ending })
  }
  const operations: Record<string, (input: Input) => object | string> = {
    DescribeStateMachine: ({ stateMachineArn }) =>
      stateMachineArn === GONE_MACHINE
        ? 'StateMachineDoesNotExist'
        : { stateMachineArn, definition: definition(modes, input) },
    DescribeStateMachineForExecution: ({ executionArn = '' }) =>
      executions.has(executionArn)
        ? { stateMachineArn: MACHINE, definition: definition(modes, input) }
        : 'ExecutionDoesNotExist',
    StartExecution: ({ stateMachineArn = '', name = '', input = '' }) => {
      const executionArn = executionOf(stateMachineArn, name)
      if (executions.has(executionArn)) return 'ExecutionAlreadyExists'
      executions.set(executionArn, { status: 'RUNNING', input })
      return { executionArn, startDate: 0 }
    },
    StopExecution: ({ executionArn = '', error = '', cause = '' }) => {
      if (!executions.has(executionArn)) return 'ExecutionDoesNotExist'
      end(executionArn, { status: 'ABORTED', error, cause })
      return { stopDate: 0 }
    },
    DescribeExecution: ({ executionArn = '' }) => {
      const found = executions.get(executionArn)
      if (found?.status === UNREADABLE) return 'ValidationException'
      return found
        ? { ...found, name: executionArn.split(':').at(-1), startDate: 0 }
        : 'ExecutionDoesNotExist'
    },
    ListExecutions: () => ({ executions: [] }),
    PutEvents: ({ Entries = [] }) => {
      published.push(...Entries)
      return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: '1' })) }
    },
  }
  const server = createServer(async (req, res) => {
    const operation = String(req.headers['x-amz-target']).split('.').at(-1) ?? ''
    calls.push(operation)
    const answer = failing.get(operation) ?? operations[operation]?.((await json(req)) as Input) ?? 'Unknown'
    const failed = typeof answer === 'string'
    res.writeHead(failed ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' })
    res.end(JSON.stringify(failed ? { __type: answer, message: `told by ${operation}` } : answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const aws = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(process.env, {
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    ...{ AWS_ENDPOINT_URL_DYNAMODB: table.endpoint, AWS_ENDPOINT_URL_SFN: aws },
    ...{
      AWS_ENDPOINT_URL_EVENTBRIDGE: aws,
      TABLE_NAME: TABLE,
      RETENTION_DAYS: String(KEPT_DAYS),
      BUS_NAME: 'bus',
      STAND_DOWN_ARN: STAND_DOWN,
    },
    ...{ TEMPLATES: JSON.stringify({ demo: MACHINE }), ABORT_MODES: JSON.stringify({ demo: modes }) },
  })
  const access = { client: table.client, tableName: TABLE, retentionDays: KEPT_DAYS }
  return {
    executions,
    published,
    calls,
    failing,
    access,
    jobs: new TableJobs(access),
    steps: new TableSteps(access),
    client: table.client,
    values: new TableValues(access),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await table.stop()
    },
  }
}

/** As Step Functions tells of an execution that somebody stopped. */
export function stopByHand({ executions }: Product, arn: string): void {
  executions.set(arn, { ...executions.get(arn)!, status: 'ABORTED', error: 'Oops', cause: 'by hand' })
}

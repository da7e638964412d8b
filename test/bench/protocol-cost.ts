import { randomUUID } from 'node:crypto'
import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { PLAIN_MACHINE } from '../jobs/bench-jobs.ts'
import { type Deployment, LOCAL } from '../scenarios/open-deployment.ts'
import { until } from '../scenarios/poll.ts'
import { lambdaWorkers, readProc } from '../scenarios/processes.ts'
import { items, median, round, timed } from './figures.ts'

const FEW = 10
const MANY = 50
const ROUNDS = 5
/** Of a step that nobody aborts: claim and finish, and a look at the job after each. */
const CALLS = { updates: 2, gets: 2 }

/** What the protocol adds to a step: the same chain with and without it, in turn, on the same machine. */
export async function protocol(deployment: Deployment) {
  const withIt = await deployment.machineOf('bench-no-op')
  const without = withIt.replace(/[^:]+$/, PLAIN_MACHINE)
  for (const machine of [withIt, without]) await duration(deployment, machine, FEW)
  const perStep = { with: [] as number[], without: [] as number[], bare: [] as number[] }
  for (let i = 0; i < ROUNDS; i += 1) {
    perStep.with.push(await slope(deployment, withIt))
    perStep.without.push(await slope(deployment, without))
    perStep.bare.push(median(await bareCalls(deployment)))
  }
  const added = median(perStep.with) - median(perStep.without)
  return {
    ms_per_step: round(median(perStep.with), 2),
    ms_per_step_without: round(median(perStep.without), 2),
    added_ms_per_step: round(added, 2),
    bare_sdk_calls_ms: round(median(perStep.bare), 2),
    bare_sdk_calls: CALLS,
    ratio_to_bare_calls: round(added / median(perStep.bare), 2),
  }
}

/** Of two lengths, so that what is paid once per execution falls out. */
async function slope(deployment: Deployment, machine: string): Promise<number> {
  const [few, many] = [await duration(deployment, machine, FEW), await duration(deployment, machine, MANY)]
  return (many - few) / (MANY - FEW)
}

async function duration({ sfn }: Deployment, stateMachineArn: string, steps: number): Promise<number> {
  const input = JSON.stringify({ items: items(steps) })
  const name = `bench-${randomUUID()}`
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }))
  const ended = await until(
    'the execution',
    async () => {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }))
      return found.status === 'RUNNING' ? null : found
    },
    { everyMs: 100 },
  )
  if (ended.status !== 'SUCCEEDED') throw new Error(`${executionArn} ended ${ended.status}: ${ended.cause}`)
  return Number(ended.stopDate) - Number(ended.startDate)
}

/** The same calls to the same place, on items of the same size, by the plain SDK, from one process. */
function bareCalls(deployment: Deployment): Promise<number[]> {
  const client = new DynamoDBClient({ ...LOCAL, endpoint: tableEndpoint(deployment) })
  const pk = `bench-${randomUUID()}`
  return timed(MANY, async (i) => {
    const Key = { pk: { S: pk }, sk: { S: `STEP#${i}` } }
    for (let n = 0; n < CALLS.updates; n += 1) await client.send(new UpdateItemCommand(update(Key, n)))
    for (let n = 0; n < CALLS.gets; n += 1) {
      await client.send(new GetItemCommand({ TableName: 'standdown-jobs', Key, ConsistentRead: true }))
    }
  })
}

/** Where the functions call the table, by the environment of one that is warm. */
function tableEndpoint({ awsUrl, pid }: Deployment): string {
  const environments = pid === undefined ? [] : lambdaWorkers(pid).map((one) => readProc(one.pid, 'environ'))
  const named = environments.map((text) => /(?:^|\0)AWS_ENDPOINT_URL_DYNAMODB=([^\0]+)/.exec(text)?.[1])
  return named.find((endpoint) => endpoint !== undefined) ?? awsUrl
}

const update = (Key: Record<'pk' | 'sk', { S: string }>, n: number) => ({
  TableName: 'standdown-jobs',
  Key,
  UpdateExpression: 'SET #k = :k, #s = :s, #v = :v, #t = :t, #w = :w, #p = :p',
  ConditionExpression: n === 0 ? 'attribute_not_exists(#pk)' : '#v = :before',
  ExpressionAttributeNames: {
    '#k': 'kind',
    '#s': 'state',
    '#v': 'version',
    '#t': 'updated_at',
    '#w': 'write_id',
    '#p': 'padding',
    ...(n === 0 ? { '#pk': 'pk' } : {}),
  },
  ExpressionAttributeValues: {
    ':k': { S: 'step' },
    ':s': { S: 'ONGOING' },
    ':v': { N: String(n) },
    ':w': { S: randomUUID() },
    ':t': { S: new Date().toISOString() },
    ':p': { S: 'p'.repeat(600) },
    ...(n === 0 ? {} : { ':before': { N: String(n - 1) } }),
  },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
})

import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Job } from '#core/job/job.ts'
import { type JobEvent, type JobRefusal, nextJob } from '#core/job/reducer.ts'
import type { Outcome } from '#core/outcome.ts'
import { isTerminal } from '#core/states.ts'
import { nextStep, type StepEvent, type StepRefusal } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import {
  decode,
  encode,
  type Item,
  type ItemKey,
  jobKey,
  refuseLarge,
  STEP_PREFIX,
  stepKey,
} from './codec.ts'
import { conditionalWrite } from './conditional-write.ts'

export type JobOutcome = Outcome<Job, JobRefusal>
export type StepOutcome = Outcome<Step, StepRefusal>

export type Store = {
  /** Strongly consistent. */
  getJob(jobId: string): Promise<Job | undefined>
  /** Strongly consistent. */
  getStep(key: StepKey): Promise<Step | undefined>
  /** Every step item of the job, in the order of the chain; strongly consistent. */
  getSteps(jobId: string): Promise<Step[]>
  /** Applies `event` to the job's item: reduces, writes on condition, and starts over when the item moved. */
  applyJob(jobId: string, event: JobEvent, guess?: Job): Promise<JobOutcome>
  /** Takes an ended job off the index of jobs to look at; the job itself stays as it is. */
  retire(job: Job): Promise<void>
  /** As `applyJob`. `guess` is the item as last seen: a right guess saves a read. */
  applyStep(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome>
}

export type StoreOptions = { client: DynamoDBClient; tableName: string; retentionDays: number }

/** One item, few writers: more rounds than this mean that something else is wrong. */
const MAX_ROUNDS = 50

export function createStore(options: StoreOptions): Store {
  const get = (key: ItemKey) => getItem(options, key)
  const apply = applier(options)
  return {
    getJob: async (jobId) => decoded<Job>(await get(jobKey(jobId))),
    getStep: async (key) => decoded<Step>(await get(stepKey(key))),
    getSteps: async (jobId) => (await queryAll(options, stepsQuery(jobId))).map((item) => decode<Step>(item)),
    applyJob: (jobId, event, guess) =>
      apply(jobKey(jobId), guess, (job: Job | undefined) => nextJob(job, event)),
    retire: (job) => retire(options, job),
    applyStep: (key, event, guess) =>
      apply(stepKey(key), guess, (step: Step | undefined) => nextStep(step, event)),
  }
}

async function retire({ client, tableName }: StoreOptions, job: Job): Promise<void> {
  const { pk, sk } = jobKey(job.job_execution_id)
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'REMOVE #active',
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#active': 'active', '#version': 'version' },
      ExpressionAttributeValues: { ':version': { N: String(job.version) } },
    }),
  )
}

const decoded = <Value extends Job | Step>(item: Item | undefined): Value | undefined =>
  item && decode<Value>(item)

async function getItem({ client, tableName }: StoreOptions, key: ItemKey): Promise<Item | undefined> {
  const Key = { pk: { S: key.pk }, sk: { S: key.sk } }
  const answer = await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))
  return answer.Item
}

const stepsQuery = (jobId: string): Partial<QueryCommandInput> => ({
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
  ExpressionAttributeValues: { ':pk': { S: jobId }, ':prefix': { S: STEP_PREFIX } },
})

export async function queryAll(
  { client, tableName }: Pick<StoreOptions, 'client' | 'tableName'>,
  query: Partial<QueryCommandInput>,
): Promise<Item[]> {
  const items: Item[] = []
  let from: Item | undefined
  do {
    const page = { TableName: tableName, ...query, ...(from ? { ExclusiveStartKey: from } : {}) }
    const answer = await client.send(new QueryCommand(page))
    items.push(...(answer.Items ?? []))
    from = answer.LastEvaluatedKey
  } while (from)
  return items
}

type Reduce<Value, Reason extends string> = (value: Value | undefined) => Outcome<Value, Reason>

function applier(options: StoreOptions) {
  return async <Value extends Job | Step, Reason extends string>(
    key: ItemKey,
    guess: Value | undefined,
    reduce: Reduce<Value, Reason>,
  ): Promise<Outcome<Value, Reason>> => {
    let current = guess
    let certain = false
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const outcome = reduce(current)
      if (outcome.kind === 'write') {
        const result = await writeItem(options, key, { from: current, to: outcome.item })
        if (result.kind === 'written') return outcome
        current = decoded<Value>(result.current)
      } else {
        // A guess may be stale: what it refuses, or takes for done, must be asked of the item itself.
        if (certain) return outcome
        current = decoded<Value>(await getItem(options, key))
      }
      certain = true
    }
    throw new Error(`the item ${key.pk} ${key.sk} was written by others ${MAX_ROUNDS} times in a row`)
  }
}

const DAY_SECONDS = 86_400
/** A Standard execution runs for a year at most; until then its steps are needed. */
const LONGEST_RUN_DAYS = 366

function expiry(value: Job | Step, retentionDays: number): number | undefined {
  const days = value.kind === 'step' ? LONGEST_RUN_DAYS + retentionDays : retentionDays
  if (value.kind === 'job' && !isTerminal(value.state)) return undefined
  return Math.floor(Date.parse(value.updated_at) / 1000) + days * DAY_SECONDS
}

function writeItem({ client, tableName, retentionDays }: StoreOptions, key: ItemKey, change: Between) {
  refuseLarge(key, change.to)
  const from = change.from && encode(key, change.from, expiry(change.from, retentionDays))
  const to = encode(key, change.to, expiry(change.to, retentionDays))
  return conditionalWrite(client, tableName, { key, from, to })
}

type Between = { from: Job | Step | undefined; to: Job | Step }

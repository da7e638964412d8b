import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { type Item, jobKey, stepKey } from '#aws/table/keys.ts'
import { TableSteps } from '#aws/table/steps.ts'
import { hooksThatFit } from '#core/clean-up/history.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { JsonValue } from '#core/value.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import { drain, drainPromptly } from '#engine/stand-down/drain.ts'
import { LONGEST_LAMBDA_MS } from '#engine/steps/claim.ts'
import { ended, JOBS, STEPS } from '#test/core/samples.ts'

type Request = { constructor: { name: string }; input: { Key?: Item; ExclusiveStartKey?: Item } }
type Counted = { operation: string; units: number }

const bytesOf = (item: Item): number => Buffer.byteLength(JSON.stringify(item))
const MEGABYTE = 1024 * 1024

/** A table that answers as DynamoDB does, pages of a megabyte included, and counts the read units of each answer. */
function countingTable(items: Map<string, Item>) {
  const counted: Counted[] = []
  const count = (operation: string, bytes: number) =>
    void counted.push({ operation, units: Math.max(1, Math.ceil(bytes / 4096)) })
  const steps = [...items.keys()].filter((sk) => sk.startsWith('STEP#')).sort()
  const query = (from: Item | undefined) => {
    const start = from ? steps.indexOf(from.sk!.S!) + 1 : 0
    const page: Item[] = []
    let bytes = 0
    for (let i = start; i < steps.length && bytes < MEGABYTE; i += 1) {
      page.push(items.get(steps[i]!)!)
      bytes += bytesOf(page.at(-1)!)
    }
    count('Query', bytes)
    const last = page.at(-1)
    return { Items: page, ...(start + page.length < steps.length && last ? { LastEvaluatedKey: last } : {}) }
  }
  const send = async ({ constructor: command, input }: Request) => {
    if (command.name === 'QueryCommand') return query(input.ExclusiveStartKey)
    if (command.name !== 'GetItemCommand') return {}
    const item = items.get(input.Key!.sk!.S!)
    count('GetItem', item ? bytesOf(item) : 0)
    return { Item: item }
  }
  return { counted, client: { send } as unknown as DynamoDBClient }
}

const STEP_COUNT = 10_000
const beside = (place: string): JsonValue => ({ place, write: 1, bytes: 12 * 1024, expires_at: 2e9 })

const stepAt = (index: number, state: string): Step => ({
  ...STEPS[state]!,
  index,
  checkpoint: beside(`${index}-0f3c1c52-1111-4222-8333-444455556666#0`),
  result: state === 'SUCCEEDED' ? beside(`${index}-0f3c1c52-1111-4222-8333-444455556666#result`) : null,
})

function tableOf(running: number) {
  const job = JOBS['CANCELLING, force, closed'] as Job
  const items = new Map([['JOB', encode(jobKey('j'), job)]])
  const put = (step: Step): void => void items.set(stepKey(step).sk, encode(stepKey(step), step))
  for (let i = 0; i < STEP_COUNT; i += 1) put(stepAt(i, i < running ? 'CANCELLING, fenced' : 'SUCCEEDED'))
  const { counted, client } = countingTable(items)
  const table = { client, tableName: 'jobs', retentionDays: 1 }
  const ports = { jobs: new TableJobs(table), steps: new TableSteps(table), clock: new ManualClock() }
  const end = (index: number): void => put(stepAt(index, 'CANCELLING, acknowledged'))
  return { counted, ports, end }
}

const INPUT = { job_execution_id: 'j', end: ended('ABORTED') }
const unitsOf = (counted: Counted[], operation: string): number =>
  counted.filter((answer) => answer.operation === operation).reduce((sum, { units }) => sum + units, 0)

test('of 10,000 steps with 12 KB of values each, a drain reads the items once, then those that still run', async () => {
  const { counted, ports, end } = tableOf(3)
  const first = await drain(ports, INPUT)
  expect(first.running).toBe(3)
  // Read with their values, they would be 60,000.
  expect(unitsOf(counted, 'Query')).toBeLessThan(5_000)
  counted.length = 0
  end(1)
  const second = await drain(ports, first)
  expect(second.running).toBe(2)
  expect(counted).toEqual(Array.from({ length: 4 }, () => ({ operation: 'GetItem', units: 1 })))
  counted.length = 0
  for (const index of [0, 2]) end(index)
  const third = await drain(ports, second)
  expect(third).toEqual({ ...INPUT, running: 0, wait_seconds: 1, events: 27 })
  expect(unitsOf(counted, 'Query')).toBe(0)
})

test('of very many that run so many are waited for as the state machine has room for, then the rest', async () => {
  const { counted, ports, end } = tableOf(450)
  const first = await drain(ports, INPUT)
  expect([first.running, first.waiting?.steps.length, first.waiting?.more]).toEqual([450, 200, true])
  expect(Buffer.byteLength(JSON.stringify(first))).toBeLessThan(64 * 1024)
  for (let i = 0; i < 199; i += 1) end(i)
  const second = await drain(ports, first)
  expect([second.running, second.waiting?.more]).toEqual([1, true])
  counted.length = 0
  end(199)
  const third = await drain(ports, second)
  expect([third.running, third.waiting?.steps.length, third.waiting?.more]).toEqual([250, 200, true])
  expect(unitsOf(counted, 'Query')).toBeGreaterThan(1_000)
  for (let i = 200; i < 400; i += 1) end(i)
  const fourth = await drain(ports, third)
  expect([fourth.running, fourth.waiting?.more]).toEqual([50, false])
})

test('what does not say soon that it stopped is looked at less often: each look takes room from the history', async () => {
  const { ports } = tableOf(1)
  let looked = await drain(ports, INPUT)
  let seconds = 0
  for (let looks = 1; seconds < LONGEST_LAMBDA_MS / 1000; looks += 1) {
    expect(looked.events).toBe(9 * looks)
    expect(looked.wait_seconds).toBe(looks < 40 ? 1 : 5)
    seconds += looked.wait_seconds
    looked = await drain(ports, looked)
  }
  expect(hooksThatFit(looked.events)).toBeGreaterThan(20)
})

test('few steps that still run at the first look are looked at again at once, within one task', async () => {
  const { counted, ports, end } = tableOf(2)
  const pauses: number[] = []
  const pause = async (milliseconds: number): Promise<void> => {
    counted.length = 0
    pauses.push(milliseconds)
    if (pauses.length < 3) end(pauses.length - 1)
  }
  const drained = await drainPromptly(ports, INPUT, pause)
  expect(drained).toMatchObject({ running: 0, events: 9 })
  expect(pauses).toHaveLength(2)
  expect(unitsOf(counted, 'Query')).toBe(0)
})

test('the looks within a task end before long, and come only once', async () => {
  const { ports } = tableOf(1)
  let waited = 0
  const pause = async (milliseconds: number): Promise<void> => {
    waited += milliseconds
  }
  const first = await drainPromptly(ports, INPUT, pause)
  expect([first.running, first.events]).toEqual([1, 9])
  expect(waited).toBeLessThan(1_000)
  waited = 0
  expect((await drainPromptly(ports, first, pause)).events).toBe(18)
  expect((await drainPromptly(tableOf(30).ports, INPUT, pause)).running).toBe(30)
  expect(waited).toBe(0)
})

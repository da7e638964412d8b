import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStates, type States } from 'standdown-local/step-functions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StepCall } from '#core/template.ts'
import {
  EVENTS_A_RETRY,
  EVENTS_AROUND,
  eventsOf,
  mapsOf,
} from '#functions/steps/object-migration/batch/limits.ts'
import { Deployed, readable } from '../deployed.ts'
import { synthesize } from '../synth.ts'

// The deployed migration in the local runtime's interpreter: its functions answer at once, or fail as in an outage.

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:standdown-object-migration'
const BATCHES = 40

let definition: string
beforeAll(async () => {
  const deployed = new Deployed(await synthesize({ nag: false }))
  const machine = deployed.machines.find(({ arn, name }) => arn && name === 'standdown-object-migration')!
  definition = readable(machine.properties.DefinitionString)
    .replaceAll('<AWS::Partition>', 'aws')
    .replaceAll(/<(\w+)(\.Arn)?>/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1')
    .replaceAll(/"IntervalSeconds":\d+/g, '"IntervalSeconds":0')
})

const folder = mkdtempSync(join(tmpdir(), 'migration-history-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Payload = { standdown: StepCall; input?: { all?: unknown } }
const listing = { batches: Array.from({ length: BATCHES }, (_, i) => i), objects: 9, bytes: 90 }

/** Each child fails `failures` times before it passes. */
function functions(failures: number) {
  const tries = new Map<string, number>()
  const seen: Payload[] = []
  const invoke = async (_name: string, payload: unknown) => {
    const call = payload as Payload
    const { step, index = null } = call.standdown
    if (step === 'list-objects') return { payload: listing }
    if (index === null) return { payload: {} }
    seen.push(call)
    const child = `${step}[${index}]`
    const tried = tries.get(child) ?? 0
    tries.set(child, tried + 1)
    const functionError = { errorType: 'StoreUnavailable', errorMessage: 'slow down' }
    return tried < failures ? { payload: null, functionError } : { payload: null }
  }
  return { invoke, seen }
}

async function countEvents(states: States, executionArn: string): Promise<number> {
  let events = 0
  let nextToken: string | undefined
  do {
    const request = { executionArn, maxResults: 1000, nextToken }
    const page = (await states.handle('GetExecutionHistory', request)) as typeof request & {
      events: object[]
    }
    events += page.events.length
    nextToken = page.nextToken
  } while (nextToken)
  return events
}

async function run(remainSource: boolean, failures: number) {
  const { promise, resolve } = Promise.withResolvers<{ arn: string; status: string }>()
  const { invoke, seen } = functions(failures)
  const states = createStates({
    ...{ dbPath: join(folder, `${randomUUID()}.db`), region: 'us-east-1', account: '000000000000' },
    lambda: { invoke },
    publish: ({ detail: { status, executionArn } }) => {
      if (status !== 'RUNNING') resolve({ arn: String(executionArn), status: String(status) })
    },
  })
  const roleArn = 'arn:aws:iam::000000000000:role/states'
  states.register({ name: 'migration', arn: MACHINE, definition, type: 'STANDARD', roleArn })
  const input = JSON.stringify({ remain_source: remainSource })
  await states.handle('StartExecution', { stateMachineArn: MACHINE, name: 'job', input })
  const { arn, status } = await promise
  const events = await countEvents(states, arn)
  await states.close()
  return { status, events, seen }
}

describe.each([
  ['a copy', true],
  ['a move', false],
])('the history of %s', (_, remainSource) => {
  test.each([0, 3])(
    'holds no more events than its batches were counted with, with %d retries of each',
    async (failures) => {
      const { status, events } = await run(remainSource, failures)
      expect(status).toBe('SUCCEEDED')
      const maps = mapsOf(remainSource)
      const counted =
        BATCHES * (eventsOf({ objects: 100, bytes: 100 }, maps) + maps * failures * EVENTS_A_RETRY)
      expect(events).toBeLessThanOrEqual(counted + EVENTS_AROUND)
      expect(events).toBeGreaterThan(counted)
    },
  )
})

test('each batch learns how much all of them hold', async () => {
  const { seen } = await run(false, 0)
  expect(seen).toHaveLength(3 * BATCHES)
  expect(seen.every(({ input }) => JSON.stringify(input?.all) === '{"objects":9,"bytes":90}')).toBe(true)
})

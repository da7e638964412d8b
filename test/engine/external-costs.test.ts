import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AttachedMachine, attachedTemplate } from '#core/attached.ts'
import { executionArnOf } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import { executionRuns, jobOfExecution } from '#engine/attached.ts'
import { MemoryTemplates } from '#engine/memory/templates.ts'
import { claimExternal, endExternal } from '#engine/steps/external.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { clientOf, startTable, type Table } from '../aws/table.ts'
import { invoke, stepOf } from '../sdk/kit.ts'
import { openHouse, step } from './house.ts'

// What docs/external-steps.md and docs/attach.md say of requests, counted.

let table: Table
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const calls: string[] = []
beforeEach(() => {
  calls.length = 0
})

function counted() {
  const client = clientOf(table.endpoint)
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName.replace('Command', ''))
        return next(args)
      },
    { step: 'initialize', name: 'count' },
  )
  return client
}

test('an external step costs two writes and three reads of the table', async () => {
  const house = openHouse(counted(), [step('first', 1), step('train', 2)])
  const job = await house.start()
  // The first step of a job also moves the job itself.
  await invoke(house, job, stepOf(house, { name: 'first' }))
  calls.length = 0
  const { standdown: call } = house.payload(job, 'train')
  const external = { revert_when: 'rollback' as const, functions: {}, entered_at: timeAt(1), retry: 0 }
  await claimExternal(house.ports, { ...call, external }, 'arn:external')
  await endExternal(house.ports, { ...call, ends: 'train', entered_at: timeAt(2) }, { result: 7 })
  expect(calls).toEqual(['UpdateItem', 'GetItem', 'GetItem', 'UpdateItem', 'GetItem'])
})

const MACHINE: AttachedMachine = {
  ...{ name: 'nightly', description: '', hooks: [], functions: { abort: 'fn', revert: 'fn' } },
  state_machine_arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:nightly',
}

test('an attached execution that ends well costs six writes, four reads, and one question as somebody else started it', async () => {
  const house = openHouse(counted(), [])
  const templates = new MemoryTemplates([attachedTemplate(MACHINE, '{"StartAt":"a","States":{}}')])
  const ports = { ...house.ports, templates }
  const described: string[] = []
  const { describe } = ports.executions
  ports.executions.describe = (arn) => {
    described.push(arn)
    return describe.call(ports.executions, arn)
  }
  const execution_arn = executionArnOf(MACHINE.state_machine_arn, 'night')
  await ports.executions.start(MACHINE.state_machine_arn, 'night', '{}' as JsonText)
  const { started_at } = ports.executions.all.get(execution_arn)!
  const seen = { name: 'night', execution_arn, started_at }
  await executionRuns(ports, seen)
  const job = await jobOfExecution(ports, MACHINE, seen)
  const end = { status: 'SUCCEEDED' as const, error: null, cause: null }
  await executionEnded(ports, job!, { end, started_at, output: '7' as JsonText })
  const [writes, reads] = ['UpdateItem', 'GetItem'].map(
    (name) => calls.filter((call) => call === name).length,
  )
  expect({ writes, reads, all: calls.length, described }).toEqual({
    ...{ writes: 6, reads: 4, all: 10 },
    described: [execution_arn],
  })
  expect((await ports.jobs.get('night'))?.state).toBe('SUCCEEDED')
})

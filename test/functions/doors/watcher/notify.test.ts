import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encode } from '#aws/table/codec.ts'
import { TableDoorRecords } from '#aws/table/door-records.ts'
import { jobKey, keyOf } from '#aws/table/keys.ts'
import type { Job } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step } from '#core/step/step.ts'
import type { ActionNotification, PlanNotification } from '#functions/doors/watcher/notifications/schemas.ts'
import { handler } from '#functions/doors/watcher/notify.ts'
import type { Plan } from '#functions/doors/watcher/plan/plan.ts'
import { Plans } from '#functions/doors/watcher/plan/plans.ts'
import { newPlan } from '#functions/doors/watcher/plan-body.ts'
import {
  abort,
  begin,
  claim,
  close,
  create,
  FAULT,
  finish,
  inline,
  NEW_STEP,
  NOW,
  settle,
} from '#test/core/samples.ts'
import { CONTEXT } from '../../http-event.ts'
import { type Product, startProduct } from '../../product.ts'

let product: Product
let plans: Plans
beforeAll(async () => {
  product = await startProduct()
  plans = new Plans(new TableDoorRecords(product.access), () => Date.parse(NOW))
})
beforeEach(() => {
  product.failing.clear()
  product.published.length = 0
})
afterAll(() => product.stop())

type Detail = PlanNotification | ActionNotification
const details = (): Detail[] => product.published.map(({ Detail }) => JSON.parse(Detail))
/** Of each message its type, the place of its action and the state. */
const lines = (actions: { uuid: string }[]): string[] =>
  details().map(({ event_type, payload }) => {
    const { uuid, state } = payload['watcher_object.data']
    const at = actions.findIndex((action) => action.uuid === uuid)
    return `${event_type}${at < 0 ? '' : `[${at}]`} ${state}`
  })

let jobs = 0
/** A plan with so many actions, started as a job that is written. */
async function started(count: number, message = 'hello') {
  jobs += 1
  const job_id = `job-${jobs}`
  const made = newPlan(
    { actions: Array(count).fill({ action_type: 'nop', input_parameters: { message } }) },
    'demo',
  )
  await plans.create(made)
  const plan = await plans.update('demo', made.plan.uuid, (known) => ({
    ...known,
    started: { job_id, caller: 'ann', idempotency_key: 'k', at: NOW },
  }))
  return { plan, actions: made.actions, job: new Written(job_id, plan) }
}

/** A job and its steps as they are written to the table, with what the stream shows of each write. */
class Written {
  private job: Job | undefined
  private readonly steps = new Map<number, Step>()
  private readonly id: string
  private readonly plan: Plan

  constructor(id: string, plan: Plan) {
    this.id = id
    this.plan = plan
  }

  async write(event: JobEvent): Promise<DynamoDBRecord> {
    const { uuid, project, max_parallel } = this.plan
    const template = { template: 'action-plan', input: inline({ plan: uuid, project, max_parallel }) }
    const given =
      event.type === 'create'
        ? { ...event, job: { ...event.job, ...template, job_execution_id: this.id } }
        : event
    const before = this.job
    this.job = nextJob(before, given).item
    await product.jobs.apply(this.id, given)
    return record(before, this.job!)
  }

  async step(index: number, event: StepEvent): Promise<DynamoDBRecord> {
    const before = this.steps.get(index)
    const step = nextStep(before, event).item!
    this.steps.set(index, step)
    await product.steps.apply(step, event)
    return record(before, step)
  }

  claim(index: number) {
    const step = {
      ...NEW_STEP,
      job_execution_id: this.id,
      template: 'action-plan',
      name: 'run-action',
      index,
    }
    return this.step(index, { ...claim('a'), step })
  }
}

let sequence = 0
function record(before: Job | Step | undefined, after: Job | Step): DynamoDBRecord {
  const image = (item: Job | Step) => encode(keyOf(item), item)
  const { pk, sk } = item(after)
  const images = { NewImage: image(after), ...(before ? { OldImage: image(before) } : {}) }
  sequence += 1
  return { dynamodb: { Keys: { pk, sk }, ...images, SequenceNumber: String(sequence) } } as DynamoDBRecord
}
const item = (value: Job | Step) => encode(keyOf(value), value) as { pk: object; sk: object }

const send = (...Records: DynamoDBRecord[]) => handler({ Records } as DynamoDBStreamEvent, CONTEXT)

test('a plan and its actions tell their starts before their ends, as the stream has them', async () => {
  const { actions, job } = await started(2)
  await send(
    await job.write(create),
    await job.claim(0),
    await job.write(begin),
    await job.step(0, finish('a')),
    await job.claim(1),
    await job.step(1, finish('a')),
    await job.write({ type: 'commit', at: NOW }),
  )
  expect(lines(actions)).toEqual([
    'action.execution.start[0] ONGOING',
    'action_plan.execution.start ONGOING',
    'action.execution.end[0] SUCCEEDED',
    'action.execution.start[1] ONGOING',
    'action.execution.end[1] SUCCEEDED',
    'action_plan.execution.end SUCCEEDED',
  ])
})

test('actions that never began are told with the end of their plan, before it', async () => {
  const { actions, job } = await started(3)
  await job.write(create)
  await job.claim(1)
  await job.write(begin)
  await job.step(1, finish('a'))
  await send(await job.write(abort('graceful')), await job.write(close('ABORTED')), await job.write(settle()))
  expect(lines(actions)).toEqual([
    'action_plan.cancel.start CANCELLING',
    'action.cancel.start[0] CANCELLING',
    'action.cancel.end[0] CANCELLED',
    'action.cancel.start[2] CANCELLING',
    'action.cancel.end[2] CANCELLED',
    'action_plan.cancel.end CANCELLED',
  ])
})

test('a plan that fails says why, and what rested on the failed action was cancelled', async () => {
  const { actions, job } = await started(2)
  await job.write(create)
  await job.claim(0)
  await job.write(begin)
  await send(await job.write(close('FAILED')), await job.write(settle(FAULT)))
  expect(lines(actions)).toEqual([
    'action.cancel.start[1] CANCELLING',
    'action.cancel.end[1] CANCELLED',
    'action_plan.execution.error FAILED',
  ])
  const [, , error] = details()
  expect(error!.payload['watcher_object.data'].fault?.['watcher_object.data']).toEqual(FAULT)
})

test('an action says how its plan was at the time, not how it is by now', async () => {
  const { job } = await started(1)
  await job.write(create)
  const begun = await job.claim(0)
  await job.write(begin)
  const late = { ...abort('graceful'), at: '2026-01-31T09:30:00.000Z' }
  await job.write(late)
  await send(begun, await job.step(0, { ...finish('a'), at: '2026-01-31T09:30:01.000Z' }))
  const states = details().map(({ payload }) => {
    const data = payload['watcher_object.data']
    return 'action_plan' in data ? data.action_plan['watcher_object.data'].state : null
  })
  expect(states).toEqual(['ONGOING', 'CANCELLING'])
})

test('what comes twice is told under the same ids', async () => {
  const { job } = await started(3)
  await job.write(create)
  const changes = [
    await job.write(abort('graceful')),
    await job.write(close('ABORTED')),
    await job.write(settle()),
  ]
  await send(...changes)
  const first = details()
  product.published.length = 0
  await send(...changes)
  expect(details()).toEqual(first)
  expect(new Set(first.map(({ message_id }) => message_id)).size).toBe(8)
})

test('what the bus refuses comes again, from the first change of which anything is missing', async () => {
  const { job } = await started(2)
  await job.write(create)
  const [begun, written] = [await job.claim(0), await job.write(begin)]
  product.failing.set('PutEvents', 'AccessDeniedException')
  const answer = await send(begun, written)
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: begun.dynamodb!.SequenceNumber }] })
})

test('five hundred actions at once are told, ten to a call', async () => {
  const { job } = await started(500)
  await job.write(create)
  await job.write(abort('graceful'))
  await job.write(close('ABORTED'))
  product.calls.length = 0
  await send(await job.write(settle()))
  expect(product.published).toHaveLength(1_001)
  expect(product.calls.filter((call) => call === 'PutEvents').length).toBeLessThanOrEqual(102)
})

test('a deleted plan is still told of: what it was deleted after', async () => {
  const { plan, job } = await started(1)
  await job.write(create)
  const cancelled = await job.write(abort('graceful'))
  await plans.remove('demo', plan.uuid, () => undefined)
  await send(cancelled)
  expect(details().map(({ event_type }) => event_type)).toEqual(['action_plan.cancel.start'])
})

test('jobs that no plan was started as tell nothing: of another template, or started past their plan', async () => {
  const { plan, job } = await started(1)
  const stranger = new Written('stranger', plan)
  await job.write(create)
  await stranger.write(create)
  const other = nextJob(undefined, create).item!
  await send(
    await stranger.claim(0),
    await stranger.write(begin),
    record(undefined, nextJob(other, begin).item!),
  )
  expect(details()).toEqual([])
  expect(await product.jobs.get(jobKey('stranger').pk)).toMatchObject({ state: 'ONGOING' })
})

/** The change of a plan's own record, as the stream shows it. */
async function changed(uuid: string, change: (plan: Plan) => Plan): Promise<DynamoDBRecord> {
  const image = async () => {
    const plan = await plans.find('demo', uuid)
    return { version: { N: '1' }, json: { S: JSON.stringify(plan) } }
  }
  const OldImage = await image()
  await plans.update('demo', uuid, change)
  const Keys = { pk: { S: '#plans/demo' }, sk: { S: uuid } }
  return { dynamodb: { Keys, OldImage, NewImage: await image(), SequenceNumber: '1' } } as DynamoDBRecord
}

const cancelled = (plan: Plan): Plan => ({ ...plan, cancelled_by: 'ann' })

test('a plan that is cancelled while it is recommended tells start and end, and so does each action', async () => {
  const made = newPlan({ actions: [{ action_type: 'nop' }, { action_type: 'nop' }] }, 'demo')
  await plans.create(made)
  await send(await changed(made.plan.uuid, cancelled))
  expect(lines(made.actions)).toEqual([
    'action_plan.cancel.start CANCELLING',
    'action.cancel.start[0] CANCELLING',
    'action.cancel.end[0] CANCELLED',
    'action.cancel.start[1] CANCELLING',
    'action.cancel.end[1] CANCELLED',
    'action_plan.cancel.end CANCELLED',
  ])
})

test('a plan that has a job is told of by its job alone, and its start not at all', async () => {
  const { plan, job } = await started(1)
  await job.write(create)
  const start = await changed(plan.uuid, (known) => ({ ...known, max_parallel: 2 }))
  await send(start, await changed(plan.uuid, cancelled))
  expect(details()).toEqual([])
})

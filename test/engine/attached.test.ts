import { beforeEach, expect, test } from 'vitest'
import { type AttachedMachine, attachedTemplate } from '#core/attached.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import { executionRuns, jobOfExecution } from '#engine/attached.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { sweep } from '#engine/sweep.ts'
import { failure } from '#test/sdk/kit.ts'
import {
  accept,
  DEMO,
  type Field,
  MINUTE_MS,
  openField,
  runStandDowns,
  standDownsOf,
} from './sweep/sweep-kit.ts'

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:nightly'
const MACHINE: AttachedMachine = {
  name: 'nightly',
  description: '',
  state_machine_arn: ARN,
  hooks: ['abort'],
  functions: { abort: 'arn:hooks', revert: 'arn:hooks' },
}
const TEMPLATE = attachedTemplate(MACHINE, '{"StartAt":"load","States":{"load":{"Type":"Pass","End":true}}}')
const NAME = 'night-1'

let field: Field
beforeEach(() => {
  field = openField([DEMO, TEMPLATE])
})

const seen = () => ({
  name: NAME,
  execution_arn: executionArnOf(ARN, NAME),
  started_at: field.executions.all.get(executionArnOf(ARN, NAME))?.started_at ?? timeAt(0),
})
const startedElsewhere = () => field.executions.start(ARN, NAME, '{"day":1}' as JsonText)
const job = async (): Promise<Job> => (await field.jobs.get(NAME))!
const steps = () => field.steps.list(NAME)
const force = async (job_execution_id = NAME) =>
  abortJob(field, {
    ...{ job_execution_id, mode: 'force', reason: null, requested_by: 'someone' },
    ...{ rollback: false, force_after_seconds: null },
  })
const execute = () =>
  executeJob(field, {
    ...{ template: TEMPLATE, input: {}, tenant_id: 'default', created_by: 'me', idempotency_key: null },
  })

/** As the event of its end tells it. */
async function ended(status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED', error: string | null = null) {
  const { execution_arn, started_at } = seen()
  field.executions.end(execution_arn, status, { error, cause: null })
  const found = await jobOfExecution(field, MACHINE, seen())
  const output = status === 'SUCCEEDED' ? ('{"loaded":7}' as JsonText) : undefined
  await executionEnded(field, found!, { end: { status, error, cause: null }, started_at, output })
}

test('an execution that somebody else started becomes a job with its input, and one step', async () => {
  await startedElsewhere()
  await executionRuns(field, seen())
  expect(await job()).toMatchObject({
    state: 'ONGOING',
    template: 'nightly',
    created_by: 'external',
    input: { text: '{"day":1}' },
    attached: true,
  })
  expect(await steps()).toMatchObject([{ name: 'nightly', state: 'ONGOING', abortable: 'never' }])
  const before = await job()
  await executionRuns(field, seen())
  expect(await job()).toEqual(before)
})

test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT'] as const)(
  'an end %s of which the start was never told is recorded as it was',
  async (status) => {
    await startedElsewhere()
    await ended(status, status === 'FAILED' ? 'Broken' : null)
    const fault = { exception: status === 'FAILED' ? 'Broken' : status, module_name: 'nightly' }
    if (status === 'SUCCEEDED') {
      expect(await job()).toMatchObject({ state: 'SUCCEEDED', abort_request: null })
      expect(await steps()).toMatchObject([{ state: 'SUCCEEDED', result: { text: '{"loaded":7}' } }])
      expect(standDownsOf(field)).toEqual([])
    } else {
      expect(await steps()).toMatchObject([{ state: 'FAILED', fault, external: { stop: 'requested' } }])
      expect(standDownsOf(field)).toEqual([`${NAME}-0`])
    }
  },
)

test('an event that comes twice, or late, changes nothing', async () => {
  await startedElsewhere()
  await executionRuns(field, seen())
  await ended('SUCCEEDED')
  const once = [await job(), await steps()]
  await ended('SUCCEEDED')
  await executionRuns(field, seen())
  expect([await job(), await steps()]).toEqual(once)
})

test('the sweep makes up for lost events, of the start and of the end', async () => {
  await startedElsewhere()
  expect((await sweep(field)).failed).toEqual([])
  expect((await job()).state).toBe('ONGOING')
  field.executions.end(executionArnOf(ARN, NAME), 'SUCCEEDED')
  field.clock.advance(MINUTE_MS)
  expect((await sweep(field)).failed).toEqual([])
  expect((await job()).state).toBe('SUCCEEDED')
})

test('a job that was started here begins by the sweep where its event is lost', async () => {
  const { job_execution_id } = await execute()
  field.clock.advance(MINUTE_MS)
  expect((await sweep(field)).failed).toEqual([])
  expect((await field.jobs.get(job_execution_id))?.state).toBe('ONGOING')
})

test('an abort that comes before the start is told finds what ran all the same, to clean it up', async () => {
  const { job_execution_id, execution_arn } = await execute()
  await (await force(job_execution_id)).stopping
  expect(field.executions.all.get(execution_arn)?.status).toBe('ABORTED')
  const { started_at } = field.executions.all.get(execution_arn)!
  const end = { status: 'ABORTED' as const, error: 'JobAborted', cause: null }
  await executionEnded(field, (await field.jobs.get(job_execution_id))!, { end, started_at })
  expect(await field.steps.list(job_execution_id)).toMatchObject([{ state: 'ONGOING', touched: true }])
  expect(standDownsOf(field)).toEqual([`${job_execution_id}-0`])
})

test('one that ended well although an abort had been accepted: CANCELLED, and its step says that it was done', async () => {
  await startedElsewhere()
  await executionRuns(field, seen())
  field.executions.failStops.push(new Error('throttled'))
  await (await force()).stopping.catch(() => undefined)
  await ended('SUCCEEDED')
  await runStandDowns(field)
  expect(await job()).toMatchObject({ state: 'CANCELLED', closed: { end: { status: 'SUCCEEDED' } } })
  expect(await steps()).toMatchObject([{ state: 'SUCCEEDED' }])
})

test('graceful is not taken: nothing in it looks at an abort', async () => {
  await startedElsewhere()
  await executionRuns(field, seen())
  const command = { mode: 'graceful' as const, reason: null, requested_by: 'me', rollback: false }
  const error = await failure(
    abortJob(field, { job_execution_id: NAME, force_after_seconds: null, ...command }),
  )
  expect(error).toMatchObject({
    name: 'ModeNotSupportedError',
    message: expect.stringContaining('only force'),
  })
})

test('an execution of an ended job is stopped where it was started late, and left alone where it was redriven', async () => {
  const { job_execution_id, execution_arn } = await execute()
  await (await force(job_execution_id)).stopping
  const { started_at, input } = field.executions.all.get(execution_arn)!
  const end = { status: 'ABORTED' as const, error: null, cause: null }
  await field.jobs.apply(job_execution_id, { type: 'close', at: timeAt(1), end })
  const outcome = { fault: null, left_behind: [], not_undone: [] }
  await field.jobs.apply(job_execution_id, { type: 'settle', at: timeAt(2), outcome })
  const again = { name: job_execution_id, status: 'RUNNING' as const, started_at, input, end: null }
  const late = { name: job_execution_id, execution_arn, started_at }
  field.executions.all.set(execution_arn, { ...again, redriven: true })
  await executionRuns(field, late)
  expect(field.executions.all.get(execution_arn)?.status).toBe('RUNNING')
  field.executions.all.set(execution_arn, again)
  await executionRuns(field, late)
  expect(field.executions.all.get(execution_arn)?.status).toBe('ABORTED')
})

test("an execution of the name of another machine's job is told in the log, and changes that job in nothing", async () => {
  const other = await accept(field)
  const warnings: string[] = []
  const log = { warn: (message: string) => void warnings.push(message) }
  const arn = executionArnOf(ARN, other.job_execution_id)
  const same = { name: other.job_execution_id, execution_arn: arn, started_at: timeAt(0) }
  await executionRuns({ ...field, log }, same)
  expect(warnings).toEqual([`the execution ${arn} cannot be shown: its name is another job's`])
  expect(await field.jobs.get(other.job_execution_id)).toMatchObject({ template: 'demo', state: 'PENDING' })
  expect(await field.steps.list(other.job_execution_id)).toEqual([])
})

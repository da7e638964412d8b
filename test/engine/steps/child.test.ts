import { beforeEach, expect, test } from 'vitest'
import type { Hook } from '#core/clean-up/hook.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { childNames, possibleParents } from '#core/step/child.ts'
import type { StepCall, Template } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { childHooks } from '#engine/steps/child.ts'
import { claimExternal, endExternal } from '#engine/steps/external.ts'
import { runHook } from '#engine/steps/hook.ts'
import { executionEnded } from '#engine/sweep/execution-ended.ts'
import { sweepJob } from '#engine/sweep/job.ts'
import { defineHooks } from '#sdk/define-hooks.ts'
import { failure } from '#test/sdk/kit.ts'
import { INVOCATION, lambdaContext } from '../house.ts'
import { accept, begin, callOf, DEMO, type Field, openField } from '../sweep/sweep-kit.ts'

const CHILD_ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:child'
const CHILD: Template = { ...DEMO, name: 'child', state_machine_arn: CHILD_ARN }
const ABORTED = { status: 'ABORTED' as const, error: 'JobAborted', cause: null }

let field: Field
let parent: Job
beforeEach(async () => {
  field = openField([DEMO, CHILD])
  parent = await begin(field, await accept(field))
})

const id = (): string => parent.job_execution_id
const childId = (): string => `${id()}-1-0`
const childArn = (): string => executionArnOf(CHILD_ARN, childId())
const call = (functions: Partial<Record<Hook, string>> = {}, more: Partial<StepCall> = {}): StepCall => ({
  ...callOf(field, parent),
  ...{ step: 'wait', order: 1, abortable: 'boundary', hooks: ['abort'] },
  external: {
    ...{ revert_when: 'rollback', functions, child: { machine_arn: CHILD_ARN, tries: 2 } },
    ...{ entered_at: timeAt(1), retry: 0 },
  },
  ...more,
})
const job = async (name = childId()): Promise<Job> => (await field.jobs.get(name))!
const step = async () => (await field.steps.list(id()))[0]!

/** The parent's task has started it, and its first step claims. */
async function waiting(functions: Partial<Record<Hook, string>> = {}): Promise<Job> {
  await claimExternal(field, call(functions), 'arn:external')
  await field.executions.start(CHILD_ARN, childId(), '{}' as JsonText)
  return begin(field, {
    ...parent,
    job_execution_id: childId(),
    execution_arn: childArn(),
    template: 'child',
  })
}
const abort = async (mode: 'graceful' | 'force', name = id()): Promise<void> => {
  const command = { job_execution_id: name, mode, reason: 'why', requested_by: 'ann' }
  await (await abortJob(field, { ...command, rollback: false, force_after_seconds: null })).stopping
}
const hook = async () => {
  const { calls } = await nextHookRound(field, { job_execution_id: id(), end: ABORTED })
  const [first] = calls
  const run = async () =>
    runHook(
      { ...field, timing: { leaseMs: 10_000, lookMs: 20, writeMs: 20 } },
      childHooks(field, await job(id()), await step()),
      { payload: first!.payload, remainingMs: INVOCATION.remainingMs },
    )
  return { first: first!, run }
}
const close = (name: string) => field.jobs.apply(name, { type: 'close', at: timeAt(5), end: ABORTED })
const settle = (name: string, left_behind: string[] = []) =>
  field.jobs.apply(name, {
    ...{ type: 'settle', at: timeAt(6) },
    outcome: { fault: null, left_behind, not_undone: [] },
  })

test('the names of what a step starts lead back to its job, whatever that is named', () => {
  for (const [name, index] of [
    ['a', null],
    ['a-1-2', 4],
    ['night-2026-11-27', '40.3'],
  ] as const) {
    const known = { job_execution_id: name, order: 2, index, external: call().external as never }
    for (const child of childNames(known)) expect(possibleParents(child)).toContain(name)
  }
})

test('a job that another waits for says so, and is of its tenant', async () => {
  expect(await waiting()).toMatchObject({ created_by: `job:${id()}`, state: 'ONGOING', template: 'child' })
})

test('an execution that only has such a name is nobody’s child', async () => {
  await field.executions.start(CHILD_ARN, childId(), '{}' as JsonText)
  const found = { ...parent, job_execution_id: childId(), execution_arn: childArn(), template: 'child' }
  expect(await begin(field, found)).toMatchObject({ created_by: 'external' })
})

test('graceful reaches it by the same person and for the same reason, at once or by the sweep', async () => {
  await waiting()
  await abort('graceful')
  const asked = { mode: 'graceful', reason: 'why', requested_by: 'ann' }
  expect(await job()).toMatchObject({ state: 'CANCELLING', abort_request: asked })
  expect(field.executions.all.get(parent.execution_arn)?.status).toBe('RUNNING')
})

test('one that begins after the abort of its parent is aborted before it runs a step', async () => {
  await claimExternal(field, call(), 'arn:external')
  await abort('graceful')
  await field.executions.start(CHILD_ARN, childId(), '{}' as JsonText)
  const found = { ...parent, job_execution_id: childId(), execution_arn: childArn(), template: 'child' }
  expect(await begin(field, found)).toMatchObject({
    state: 'CANCELLING',
    abort_request: { requested_by: 'ann' },
  })
})

test('the sweep carries on what a killed request did not', async () => {
  await waiting()
  const request = {
    mode: 'graceful' as const,
    reason: 'why',
    requested_by: 'ann',
    rollback: false,
    force_at: null,
  }
  await field.jobs.apply(id(), { type: 'abort', at: timeAt(2), request })
  await sweepJob(field, await job(id()))
  expect(await job()).toMatchObject({ state: 'CANCELLING', abort_request: { mode: 'graceful' } })
})

test('a step whose job was aborted with it was stopped, and did not fail', async () => {
  await waiting()
  await abort('graceful')
  field.executions.end(childArn(), 'ABORTED')
  await endExternal(
    field,
    { ...call(), ends: 'wait', entered_at: timeAt(3) },
    { error: { Error: 'States.TaskFailed' } },
  )
  expect(await step()).toMatchObject({ state: 'CANCELLING', fault: null })
  expect(field.executions.all.get(parent.execution_arn)?.status).toBe('ABORTED')
})

test('a stop of the child alone is a failure of the step, and nobody’s abort', async () => {
  const child = await waiting()
  field.executions.end(childArn(), 'ABORTED')
  await executionEnded(field, child, { end: ABORTED, started_at: child.execution_started_at! })
  await endExternal(
    field,
    { ...call(), ends: 'wait', entered_at: timeAt(3) },
    { error: { Error: 'States.TaskFailed' } },
  )
  expect(await step()).toMatchObject({ state: 'FAILED', fault: { exception: 'States.TaskFailed' } })
  expect(await job()).toMatchObject({ state: 'ONGOING', abort_request: null })
})

test('what Step Functions stops with its parent is the abort of the parent, by force', async () => {
  const child = await waiting()
  await abort('force')
  field.executions.end(childArn(), 'ABORTED')
  await executionEnded(field, child, { end: ABORTED, started_at: child.execution_started_at! })
  expect(await job()).toMatchObject({
    state: 'CANCELLING',
    abort_request: { mode: 'force', requested_by: 'ann', reason: 'why' },
  })
})

test('what Step Functions did not stop the clean-up aborts, and calls again until it has ended', async () => {
  await waiting()
  await abort('force')
  await close(id())
  const { first, run } = await hook()
  expect(first.function_arn).toBe('arn:external')
  expect((await failure(run())).name).toBe('StepBusy')
  expect(field.executions.all.get(childArn())?.status).toBe('ABORTED')
  expect(await job()).toMatchObject({
    state: 'CANCELLING',
    abort_request: { requested_by: 'ann', reason: 'why' },
  })
  expect(await step()).toMatchObject({ external: { stop: 'requested' } })
  expect((await failure(run())).name).toBe('StepBusy')
  await close(childId())
  await settle(childId())
  await run()
  expect(await step()).toMatchObject({ state: 'CANCELLED', cleaned_up: true, external: { stop: 'ended' } })
})

test('one that is being cleaned up is not made to hurry', async () => {
  await waiting()
  await abort('graceful')
  field.executions.end(childArn(), 'ABORTED')
  await close(id())
  await failure((await hook()).run())
  expect((await job()).abort_request).toMatchObject({ mode: 'graceful', escalations: [] })
})

test('what a child left behind is left behind by its parent', async () => {
  await waiting()
  await abort('force')
  await close(id())
  await failure((await hook()).run())
  await close(childId())
  await settle(childId(), ['copy: no access'])
  const error = await failure((await hook()).run())
  expect(error).toMatchObject({
    name: 'CannotCleanUp',
    message: `its job ${childId()} left behind copy: no access`,
  })
})

test('the author’s clean-up comes once the execution has been seen to have ended', async () => {
  await waiting({ abort: 'arn:author' })
  await abort('force')
  await close(id())
  const before = await hook()
  expect(before.first.function_arn).toBe('arn:external')
  await failure(before.run())
  await close(childId())
  await settle(childId())
  await (await hook()).run()
  expect(await step()).toMatchObject({ state: 'CANCELLING', cleaned_up: false, external: { stop: 'ended' } })
  const after = await hook()
  expect(after.first.function_arn).toBe('arn:author')
  const ran: (boolean | null)[] = []
  const ports = () => ({ ...field, timing: { leaseMs: 10_000, lookMs: 20, writeMs: 20 } })
  const author = defineHooks({ name: 'wait', abort: async ({ ended }) => void ran.push(ended) }, ports)
  await author(after.first.payload, lambdaContext())
  expect(ran).toEqual([true])
  expect(await step()).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
})

test('a job whose children would have too long a name is told so before anything is started', async () => {
  const long = { job_execution_id: 'n'.repeat(79) }
  const error = await failure(claimExternal(field, call({}, long), 'arn:external'))
  expect(error).toMatchObject({
    name: 'ValueNotKept',
    message: expect.stringContaining('give the job a shorter id'),
  })
  expect(await field.steps.list(long.job_execution_id)).toEqual([])
})

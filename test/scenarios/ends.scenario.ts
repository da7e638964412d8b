import { randomUUID } from 'node:crypto'
import { ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { cleanUpAnswer, type JobView } from '#core/api/answers.ts'
import { type ApiClient, stepNamed } from './api-client.ts'
import { redriveByHand, stopByHand } from './by-hand.ts'
import { LONG, labInput, labRunning, marksOf, startLab, stepsRun, untilRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'
import { lambdaWorkers } from './processes.ts'
import { sweepNow } from './sweep-now.ts'

/** Executions that are started, stopped, redriven or end past the API; clean-ups that fail or undo. */
export function ends(deployment: () => Deployment): void {
  // The stand-down waits for the dead worker's lease: the others run in the meantime.
  test('a Lambda worker killed in mid-step: the abort still stands the job down', async (context) => {
    const { api, pid } = deployment()
    if (pid === undefined) return context.skip('the processes of this runtime are not ours to kill')
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const workers = lambdaWorkers(pid).filter(({ functionName }) => functionName.endsWith('-solo'))
    expect(workers).not.toEqual([])
    for (const worker of workers) process.kill(worker.pid, 'SIGKILL')
    const view = await api.abortAndSettle(id, { mode: 'force' })
    expect(view.state).toBe('CANCELLED')
    expect(stepNamed(view, 'solo')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  })

  test("a stop through the AWS API is the console's Stop: the job stands down, requested by `external`", async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    await stopByHand(deployment(), id, { error: 'Oops', cause: 'wrong bucket' })
    const view = await api.settled(id)
    expect(view).toMatchObject({
      state: 'CANCELLED',
      abort_request: { mode: 'force', requested_by: 'external', reason: 'Oops: wrong bucket' },
      execution_end: { status: 'ABORTED', error: 'Oops', cause: 'wrong bucket' },
    })
    expect(stepNamed(view, 'first')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  })

  test('a stop without error and cause does as well', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    await stopByHand(deployment(), id)
    const view = await api.settled(id)
    expect(view.abort_request).toMatchObject({ requested_by: 'external', reason: null })
    expect(view.execution_end).toEqual({ status: 'ABORTED', error: null, cause: null })
    expect(view.state).toBe('CANCELLED')
  })

  test('an execution started through the AWS API becomes a job that can be aborted', async () => {
    const { api, sfn } = deployment()
    const name = `by-hand-${randomUUID()}`
    const input = JSON.stringify(labInput({ steps: { first: LONG } }))
    const stateMachineArn = await deployment().machineOf('lab-chain')
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }))
    await until('the adoption', async () => (await api.call(`GET /jobs/${name}`)).status === 200)
    api.remember(name)
    await untilRunning(deployment(), name, ['first'])
    expect(await api.view(name)).toMatchObject({
      created_by: 'external',
      template: 'lab-chain',
      tenant_id: 'default',
    })
    expect((await api.abortAndSettle(name)).state).toBe('CANCELLED')
  })

  test('a redriven execution of a cancelled job starts no step', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain', { wait: 3_600 })
    await api.step(id, 'first', 'SUCCEEDED')
    const before = await api.abortAndSettle(id)
    await api.notified(id)
    await redriveByHand(deployment(), id)
    // The Wait would go on for an hour: a job that has ended is not to be revived at all.
    await stopByHand(deployment(), id).catch(() => undefined)
    expect(await stepsRun(deployment(), id)).toEqual(['first'])
    expect(await api.view(id)).toMatchObject({ state: 'CANCELLED', ended_at: before.ended_at })
  })

  test('a redriven execution of a failed job is refused by its first claim', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain', { steps: { second: { fails: 1 } } })
    const before = await api.settled(id)
    expect(before.state).toBe('FAILED')
    await redriveByHand(deployment(), id)
    await until(
      'the redriven execution to end',
      async () => {
        await sweepNow(deployment())
        return (await deployment().execution(id)).status !== 'RUNNING'
      },
      { forMs: 90_000, everyMs: 500 },
    )
    expect((await marksOf(deployment(), id)).map(({ step, what }) => `${step} ${what}`)).not.toContain(
      'second run-start-2',
    )
    expect(await api.view(id)).toMatchObject({ state: 'FAILED', version: before.version })
  })

  test('an execution that fails makes the job FAILED, and what its step left behind is cleaned up', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain', { steps: { second: { fails: 9 } } })
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'FAILED', abort_request: null, fault: { exception: 'LabFailure' } })
    expect(stepNamed(view, 'first')).toMatchObject({ state: 'SUCCEEDED', cleaned_up: false })
    expect(stepNamed(view, 'second')).toMatchObject({ state: 'FAILED', cleaned_up: true })
    expect((await marksOf(deployment(), id)).at(-1)).toMatchObject({ step: 'second', what: 'abort' })
    const types = (await api.notified(id)).map(({ event_type }) => event_type)
    expect(types).toEqual(['job.execution.start', 'job.execution.error'])
  })

  test('an execution that times out makes the job FAILED, cleaned up once its step has stopped', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'timed', { steps: { first: LONG } })
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'FAILED', execution_end: { status: 'TIMED_OUT' } })
    const marks = (await marksOf(deployment(), id)).map(({ what }) => what)
    expect(marks).toEqual(['run-start-1', 'run-end-1', 'abort'])
  })

  test('a clean-up that fails does not stop the others, and makes the job FAILED with what was left', async () => {
    const { api } = deployment()
    const steps = { first: { ...LONG, abort_fails: true }, third: LONG }
    const id = await labRunning(deployment(), 'parallel', steps)
    const view = await api.abortAndSettle(id)
    expect(view).toMatchObject({
      state: 'FAILED',
      left_behind: ['first: the clean-up of first was to fail'],
      fault: { exception: 'CleanUpFailed' },
    })
    expect(stepNamed(view, 'third')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    const events = await api.notified(id)
    const errors = events.filter(({ priority }) => priority === 'ERROR')
    expect(errors.map(({ event_type }) => event_type)).toEqual(['step.cancel.error', 'job.cancel.error'])
    expect(errors[0]?.payload.data).toMatchObject({
      step: { name: 'first' },
      fault: { exception: 'LabFailure', module_name: 'first', function_name: 'abort' },
    })
    await cleanUpOnceMore(api, view)
  })

  test('rollback reverts what had finished, the last step first', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { third: LONG })
    const view = await api.abortAndSettle(id, { mode: 'force', rollback: true })
    expect(view.steps.map((step) => [step.state, step.cleaned_up])).toEqual([
      ['CANCELLED', true],
      ['CANCELLED', true],
      ['CANCELLED', true],
    ])
    const hooks = (await marksOf(deployment(), id)).filter(({ what }) => !what.startsWith('run'))
    expect(hooks.map(({ step, what }) => `${what} ${step}`)).toEqual([
      'abort third',
      'revert second',
      'revert first',
    ])
  })

  test('a job leaves no execution running behind', async () => {
    const { api, sfn } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    await api.abortAndSettle(id, { mode: 'force' })
    const stateMachineArn = await deployment().machineOf('lab-chain')
    const { executions } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }),
    )
    expect(executions?.map(({ name }) => name)).not.toContain(id)
  })
}

/** What fails again is left behind again, and the job stays as it is; who asked for it is kept and notified. */
async function cleanUpOnceMore(api: ApiClient, before: JobView): Promise<void> {
  const { job_execution_id: id, left_behind } = before
  expect(await api.abort(id)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining(`POST /jobs/${id}/clean-up`) },
  })
  const answer = await api.call(`POST /jobs/${id}/clean-up`)
  expect(answer.status).toBe(202)
  expect(cleanUpAnswer.parse(answer.body)).toMatchObject({
    state: 'FAILED',
    left_behind,
    clean_up: { run: 1 },
  })
  const ended = await until(`the clean-up of ${id}`, async () => {
    const view = await api.view(id)
    return view.clean_up?.ended_at ? view : null
  })
  expect(ended).toMatchObject({ state: 'FAILED', left_behind, ended_at: before.ended_at })
  const repeated = await until(`the notifications of the clean-up of ${id}`, async () => {
    const types = (await api.events(id)).map(({ event_type }) => event_type)
    return types.includes('job.cleanup.error') ? types.filter((type) => type.includes('.cleanup.')) : null
  })
  expect(repeated).toEqual(['job.cleanup.start', 'job.cleanup.error'])
}

import { randomUUID } from 'node:crypto'
import { StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import type { DefinitionView, JobView } from '#core/api/answers.ts'
import { stepNamed } from './api-client.ts'
import { redriveByHand, stopByHand } from './by-hand.ts'
import { labInput, marksOf, release, startLab, untilRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'
import { sweepNow } from './sweep-now.ts'

const HELD = { steps: { load: { held: true } } }
const STEP = 'lab-attached'

/** Executions of state machines that were attached as they are. */
export function attached(deployment: () => Deployment): void {
  const hooksOf = async (id: string): Promise<string[]> =>
    (await marksOf(deployment(), id)).map(({ what }) => what).filter((what) => !what.startsWith('run-'))

  const running = async (shape = 'attached'): Promise<string> => {
    const id = await startLab(deployment(), shape, HELD)
    await untilRunning(deployment(), id, ['load'])
    return id
  }

  /** Past our API, as a schedule or the AWS console does. */
  const startedElsewhere = async (input: object = HELD): Promise<string> => {
    const name = `elsewhere-${randomUUID()}`
    const stateMachineArn = await deployment().machineOf('lab-attached')
    await deployment().sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(labInput(input)) }),
    )
    await until('the adoption', async () => {
      await sweepNow(deployment())
      return (await deployment().api.call(`GET /jobs/${name}`)).status === 200
    })
    return name
  }

  test('an attached execution is stopped by force, and cleaned up once a look shows that its work is over', async () => {
    const id = await running()
    const view = await deployment().api.abortAndSettle(id, { mode: 'force', reason: 'wrong day' })
    expect(view).toMatchObject({
      state: 'CANCELLED',
      abort_request: { mode: 'force', reason: 'wrong day' },
      execution_end: { status: 'ABORTED', error: 'JobAborted' },
    })
    expect(stepNamed(view, STEP)).toMatchObject({
      state: 'CANCELLED',
      cleaned_up: true,
      external: { stop: 'ended' },
    })
    expect(await hooksOf(id)).toEqual(['abort'])
    const types = (await deployment().api.notified(id)).map(({ event_type }) => event_type)
    expect(types.filter((type) => type.startsWith('job.'))).toEqual([
      'job.execution.start',
      'job.cancel.start',
      'job.cancel.end',
    ])
  })

  test('graceful is answered 422 with the reason, and changes nothing; so is a deadline for it', async () => {
    const { api } = deployment()
    const id = await running()
    for (const options of [{ mode: 'graceful' }, { mode: 'graceful', force_after_seconds: 1 }]) {
      const { status, body } = await api.abort(id, options)
      expect(status).toBe(422)
      expect(body.detail).toContain('nothing in it looks at an abort: only force stops it')
    }
    const view = await api.view(id)
    expect(view).toMatchObject({ state: 'ONGOING', abort_request: null })
    expect(view.supported_abort_modes).toMatchObject([
      { mode: 'graceful', supported: false, reason: expect.stringContaining('wrap its tasks as steps') },
      { mode: 'force', supported: true },
    ])
    await release(deployment(), id, 'load')
    expect((await api.settled(id)).state).toBe('SUCCEEDED')
  })

  test('the plan of an abort names what is stopped and cleaned up; the graph is the definition', async () => {
    const { api } = deployment()
    const id = await running()
    const plan = await api.call(`POST /jobs/${id}/abort`, { body: { mode: 'force', dry_run: true } })
    expect(plan.body).toMatchObject({ steps: [{ name: STEP, actions: ['stop_now', 'clean_up'] }] })
    const { body } = await api.call<DefinitionView>(`GET /jobs/${id}/definition`)
    expect(body.source).toBe('execution')
    expect(Object.keys(body.definition?.States ?? {})).toEqual(['load', 'wait'])
    await release(deployment(), id, 'load')
    await api.settled(id)
  })

  test('an execution that somebody else started is shown, and can be aborted', async () => {
    const { api } = deployment()
    const id = await startedElsewhere()
    deployment().api.remember(id)
    await untilRunning(deployment(), id, ['load'])
    expect(await api.view(id)).toMatchObject({
      state: 'ONGOING',
      template: 'lab-attached',
      created_by: 'external',
    })
    expect((await api.abortAndSettle(id, { mode: 'force' })).state).toBe('CANCELLED')
    expect(await hooksOf(id)).toEqual(['abort'])
  })

  test("the console's Stop is told as it was", async () => {
    const id = await startedElsewhere()
    deployment().api.remember(id)
    await untilRunning(deployment(), id, ['load'])
    await stopByHand(deployment(), id, { error: 'Oops', cause: 'by hand' })
    const view = await deployment().api.settled(id)
    expect(view).toMatchObject({
      state: 'CANCELLED',
      abort_request: { mode: 'force', requested_by: 'external', reason: 'Oops: by hand' },
      execution_end: { status: 'ABORTED', error: 'Oops', cause: 'by hand' },
    })
    expect(stepNamed(view, STEP)).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  })

  test('an execution that ends well is SUCCEEDED, with what it ended with, and takes no abort any more', async () => {
    const { api } = deployment()
    const id = await startedElsewhere({ steps: {} })
    api.remember(id)
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'SUCCEEDED', abort_request: null, execution_end: null })
    expect(stepNamed(view, STEP)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 })
    expect((await api.abort(id, { mode: 'force' })).status).toBe(409)
    expect(await hooksOf(id)).toEqual([])
  })

  test('an execution that fails makes its job FAILED of the same error, cleaned up; a redrive is left alone', async () => {
    const { api } = deployment()
    const id = await startedElsewhere({ steps: { load: { fails: 1 } } })
    const before = await api.settled(id)
    expect(before).toMatchObject({
      state: 'FAILED',
      fault: { exception: 'OutsideFailure', exception_message: 'load was to fail' },
      execution_end: { status: 'FAILED', error: 'OutsideFailure' },
    })
    expect(stepNamed(before, STEP)).toMatchObject({ state: 'FAILED', cleaned_up: true })
    // What a redrive does past the record is not in its history: this job is not remembered.
    await redriveByHand(deployment(), id)
    await sweepNow(deployment())
    await until('the redriven execution to fail again', async () => {
      return (await deployment().execution(id)).status !== 'RUNNING'
    })
    expect((await deployment().execution(id)).status).toBe('FAILED')
    expect(await api.view(id)).toMatchObject({ state: 'FAILED', version: before.version })
  })

  test('an execution that runs out of its time is FAILED, and TIMED_OUT is what ended it', async () => {
    const id = await running('attached-timed')
    const view = await deployment().api.settled(id)
    expect(view).toMatchObject({ state: 'FAILED', execution_end: { status: 'TIMED_OUT' } })
    expect(stepNamed(view, 'lab-attached-timed')).toMatchObject({
      state: 'FAILED',
      fault: { exception: 'States.Timeout' },
      cleaned_up: false,
      external: { stop: 'requested' },
    })
    await release(deployment(), id, 'load')
  })

  test('it is in the lists like any other', async () => {
    const { api } = deployment()
    const { body } = await api.call<{ items: { name: string; abort_modes: string[] }[] }>('GET /templates')
    expect(body.items.find(({ name }) => name === 'lab-attached')).toMatchObject({ abort_modes: ['force'] })
    const listed = await api.call<{ items: JobView[] }>('GET /jobs?template=lab-attached')
    expect(listed.status).toBe(200)
  })
}

import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { statesOf, stepNamed } from './api-client.ts'
import { LONG, labRunning, marksOf, release, startLab, stepsRun } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'
import { sweepNow } from './sweep-now.ts'
import { taskTokenOf } from './task-token.ts'

/** Works until the test releases it, whatever its signal says. */
const DEAF = { held: true, ignores_signal: true }

/** The abort takes effect in every kind of state, and nothing new starts after it. */
export function flows(deployment: () => Deployment): void {
  test('an abort right after the start leaves no step run that was not already claimed', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain', { steps: { first: LONG } })
    const view = await api.abortAndSettle(id)
    expect(view.state).toBe('CANCELLED')
    expect(view.steps.slice(1).map((step) => [step.state, step.attempt])).toEqual([
      ['CANCELLED', 0],
      ['CANCELLED', 0],
    ])
    expect(await stepsRun(deployment(), id)).not.toContain('second')
  })

  test.each(['graceful', 'force'])('%s during a Wait takes effect at once', async (mode) => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain', { wait: 3_600 })
    await api.step(id, 'first', 'SUCCEEDED')
    const view = await api.abortAndSettle(id, { mode })
    expect(statesOf(view)).toEqual(['first: SUCCEEDED', 'second: CANCELLED', 'third: CANCELLED'])
    expect(await deployment().execution(id)).toMatchObject({ status: 'ABORTED', error: 'JobAborted' })
  })

  test('a job that waits for a task token stops at once, and the token is refused afterwards', async () => {
    const { api, sfn } = deployment()
    const id = await startLab(deployment(), 'token')
    const token = await taskTokenOf(deployment(), id)
    expect((await api.abortAndSettle(id)).state).toBe('CANCELLED')
    const late = sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }))
    await expect(late).rejects.toThrow()
    expect(await stepsRun(deployment(), id)).toEqual(['first'])
  })

  test.each(['graceful', 'force'])('%s in a Parallel: both branches stop, neither goes on', async (mode) => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'parallel', { first: LONG, third: LONG })
    const view = await api.abortAndSettle(id, { mode })
    expect(view.state).toBe('CANCELLED')
    expect(statesOf(view).sort()).toEqual(
      ['first', 'fourth', 'second', 'third'].map((s) => `${s}: CANCELLED`),
    )
    expect((await stepsRun(deployment(), id)).sort()).toEqual(['first', 'third'])
    expect(
      view.steps
        .filter((step) => step.cleaned_up)
        .map((step) => step.name)
        .sort(),
    ).toEqual(['first', 'third'])
  })

  test('graceful in a Parallel lets a branch that cannot stop come to its own end', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'parallel', { first: DEAF, third: LONG })
    await api.abort(id)
    await api.step(id, 'third', 'CANCELLING')
    await release(deployment(), id, 'first')
    const view = await api.settled(id)
    expect(stepNamed(view, 'first')?.state).toBe('SUCCEEDED')
    expect(stepNamed(view, 'third')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect((await stepsRun(deployment(), id)).sort()).toEqual(['first', 'third'])
  })

  test('a Map starts no new item after the abort', async () => {
    const { api } = deployment()
    const input = { items: [1, 2, 3, 4, 5, 6], steps: { each: LONG } }
    const id = await startLab(deployment(), 'map', input)
    await until('two items to run', async () => (await marksOf(deployment(), id)).length === 2)
    const view = await api.abortAndSettle(id)
    expect(statesOf(view)).toEqual(['each[0]: CANCELLED', 'each[1]: CANCELLED', 'second: CANCELLED'])
    expect(view.steps.map((step) => step.cleaned_up)).toEqual([true, true, false])
  })

  test.each(['graceful', 'force'])("an author's Catch of States.ALL does not swallow %s", async (mode) => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'catch', { first: LONG })
    expect((await api.abortAndSettle(id, { mode })).state).toBe('CANCELLED')
    expect(await stepsRun(deployment(), id)).toEqual(['first'])
  })

  test("an author's Catch still catches what the step throws", async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'catch', { steps: { first: { fails: 9 } } })
    const view = await api.settled(id)
    expect(view.state).toBe('SUCCEEDED')
    expect(await stepsRun(deployment(), id)).toEqual(['first', 'second', 'third'])
  })

  test("during a retry's back-off no further attempt is made", async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'retry', { steps: { first: { fails: 1 } } })
    await until('the first attempt to fail', async () => {
      const step = stepNamed(await api.view(id), 'first')
      return step?.fault?.exception === 'LabFailure'
    })
    const view = await api.abortAndSettle(id)
    expect(view.state).toBe('CANCELLED')
    expect(stepNamed(view, 'first')).toMatchObject({ state: 'CANCELLED', attempt: 1, cleaned_up: true })
  })

  test.each(['boundary', 'never'])(
    'a step that is abortable %s ends its work before a graceful abort',
    async (kind) => {
      const { api } = deployment()
      const id = await labRunning(deployment(), kind, { [kind]: { held: true } })
      const waits = (await api.view(id)).supported_abort_modes.find(({ mode }) => mode === 'graceful')
      expect(waits).toMatchObject({ supported: true, reason: `waits for the end of ${kind}` })
      await api.abort(id)
      await release(deployment(), id, kind)
      const view = await api.settled(id)
      expect(view.state).toBe('CANCELLED')
      expect(statesOf(view)).toEqual([`${kind}: SUCCEEDED`, 'second: CANCELLED'])
    },
  )

  test.each(['boundary', 'never'])('force stops a step that is abortable %s', async (kind) => {
    const { api } = deployment()
    const id = await labRunning(deployment(), kind, { [kind]: LONG })
    expect(statesOf(await api.abortAndSettle(id, { mode: 'force' }))).toEqual([
      `${kind}: CANCELLED`,
      'second: CANCELLED',
    ])
  })

  test('force does not wait for a step that ignores it, but its clean-up does', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: DEAF })
    await api.abort(id, { mode: 'force' })
    await until(
      'the execution to be stopped',
      async () => (await deployment().execution(id)).status === 'ABORTED',
    )
    expect((await api.view(id)).state).toBe('CANCELLING')
    await release(deployment(), id, 'first')
    const view = await api.settled(id)
    expect(stepNamed(view, 'first')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    const order = (await marksOf(deployment(), id)).map(({ what }) => what)
    expect(order).toEqual(['run-start-1', 'run-end-1', 'abort'])
  })

  test('an abort during the last step: the work is done, the job is cancelled all the same', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { third: DEAF })
    await api.abort(id)
    await release(deployment(), id, 'third')
    const view = await api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(stepNamed(view, 'third')?.state).toBe('SUCCEEDED')
  })

  test('a deadline turns a graceful abort into a forced one', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'never', { never: LONG })
    const { body } = await api.abort(id, { force_after_seconds: 2 })
    expect(body.abort_request?.force_at).not.toBeNull()
    await until(
      'the deadline to be swept',
      async () => {
        await sweepNow(deployment())
        return (await api.view(id)).abort_request?.mode === 'force'
      },
      { forMs: 90_000, everyMs: 500 },
    )
    const view = await api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(view.abort_request?.escalations).toMatchObject([{ mode: 'force', requested_by: 'deadline' }])
  })
}

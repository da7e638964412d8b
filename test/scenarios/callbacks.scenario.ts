import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { statesOf, stepNamed } from './api-client.ts'
import { marksOf, startLab } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { taskTokenOf } from './task-token.ts'

/** Steps that wait for somebody's answer. */
export function callbacks(deployment: () => Deployment): void {
  const answer = async (id: string, step: string): Promise<void> => {
    const taskToken = await taskTokenOf(deployment(), id, step)
    await deployment().sfn.send(new SendTaskSuccessCommand({ taskToken, output: `{"to":"${step}"}` }))
  }

  test('a wait for an answer is a step, and the answer its result', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'approval')
    await answer(id, 'approve')
    await answer(id, 'confirm')
    const view = await api.settled(id)
    expect(statesOf(view)).toEqual(['approve: SUCCEEDED', 'confirm: SUCCEEDED'])
    const { body } = await api.call<{ items: { result: unknown }[] }>(`GET /jobs/${id}/steps?values=true`)
    expect(body.items.map(({ result }) => result)).toEqual([{ to: 'approve' }, { to: 'confirm' }])
  })

  test('graceful waits for an answer that is a boundary, and asks nobody else', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'approval')
    await taskTokenOf(deployment(), id, 'approve')
    await api.abort(id)
    expect((await deployment().execution(id)).status).toBe('RUNNING')
    await answer(id, 'approve')
    const view = await api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(statesOf(view)).toEqual(['approve: SUCCEEDED', 'confirm: CANCELLED'])
  })

  test.each([
    ['graceful', 'confirm', ['told']],
    ['force', 'approve', []],
  ])('%s ends the wait of %s: the token is dead, and the clean-up told', async (mode, step, hooks) => {
    const { api, sfn } = deployment()
    const id = await startLab(deployment(), 'approval')
    if (step === 'confirm') await answer(id, 'approve')
    const taskToken = await taskTokenOf(deployment(), id, step)
    const view = await api.abortAndSettle(id, { mode })
    expect(stepNamed(view, step)).toMatchObject({ state: 'CANCELLED', external: { stop: 'requested' } })
    const late = sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }))
    await expect(late).rejects.toThrow()
    expect((await marksOf(deployment(), id)).map(({ what }) => what)).toEqual(hooks)
  })
}

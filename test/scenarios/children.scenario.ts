import { DescribeExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import type { Behaviour } from '../jobs/lab-step.ts'
import { statesOf, stepNamed } from './api-client.ts'
import { stopByHand } from './by-hand.ts'
import { LONG, release, startLab, stepsRun, untilRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'

/** As the chain names it. */
const childOf = (id: string): string => `${id}-1-0`
const foreignOf = (id: string): string => `${id}-2-0`

/** Jobs whose steps wait for executions. */
export function children(deployment: () => Deployment): void {
  /** Started, and the first step of the job that it waits for runs. */
  async function waiting(shape: string, first: Behaviour = LONG, depth = 1): Promise<string[]> {
    const family = [await startLab(deployment(), shape, { steps: { first } })]
    for (let deep = 0; deep < depth; deep += 1) family.push(childOf(family.at(-1)!))
    await untilRunning(deployment(), family.at(-1)!, ['first'])
    for (const id of family.slice(1)) deployment().api.remember(id)
    return family
  }

  test('a job that waits for another goes on once that has ended, and is its parent', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'parent', { steps: {} })
    const view = await api.settled(id)
    expect(statesOf(view)).toEqual(['child: SUCCEEDED', 'foreign: SUCCEEDED', 'fourth: SUCCEEDED'])
    expect(await api.view(childOf(id))).toMatchObject({
      state: 'SUCCEEDED',
      template: 'lab-chain',
      created_by: `job:${id}`,
    })
  })

  test('graceful is carried on to the job that is waited for: by whom, and why', async () => {
    const { api } = deployment()
    const [id = '', child = ''] = await waiting('parent')
    await api.abort(id, { mode: 'graceful', reason: 'wrong bucket' })
    const view = await api.settled(id)
    expect(statesOf(view)).toEqual(['child: CANCELLED', 'foreign: CANCELLED', 'fourth: CANCELLED'])
    expect(stepNamed(view, 'child')).toMatchObject({ cleaned_up: true, external: { stop: 'ended' } })
    expect(await api.view(child)).toMatchObject({
      state: 'CANCELLED',
      abort_request: {
        mode: 'graceful',
        reason: 'wrong bucket',
        requested_by: view.abort_request?.requested_by,
      },
    })
    expect(await stepsRun(deployment(), id)).toEqual([])
  })

  test('and on to the job that that one waits for', async () => {
    const { api } = deployment()
    const family = await waiting('elder', LONG, 2)
    await api.abort(family[0]!, { mode: 'graceful', reason: 'all of it' })
    await api.settled(family[0]!)
    for (const id of family) {
      expect(await api.view(id)).toMatchObject({
        state: 'CANCELLED',
        abort_request: { mode: 'graceful', reason: 'all of it' },
      })
    }
  })

  test('force stops the job that is waited for, which knows who asked; the parent ends after its clean-up', async () => {
    const { api } = deployment()
    const [id = '', child = ''] = await waiting('parent')
    await api.abort(id, { mode: 'force', reason: 'wrong bucket' })
    const view = await api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(stepNamed(view, 'child')).toMatchObject({
      state: 'CANCELLED',
      cleaned_up: true,
      external: { stop: 'ended' },
    })
    const ended = await api.view(child)
    expect(ended).toMatchObject({
      state: 'CANCELLED',
      abort_request: {
        mode: 'force',
        reason: 'wrong bucket',
        requested_by: view.abort_request?.requested_by,
      },
    })
    expect(stepNamed(ended, 'first')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect(ended.ended_at! <= view.ended_at!).toBe(true)
  })

  test('a stop of the child alone is told as such, and fails its parent', async () => {
    const { api } = deployment()
    const [id = '', child = ''] = await waiting('parent')
    await stopByHand(deployment(), child, { error: 'Oops', cause: 'by hand' })
    expect((await api.settled(child)).abort_request).toMatchObject({ requested_by: 'external' })
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'FAILED', abort_request: null })
    expect(stepNamed(view, 'child')).toMatchObject({ state: 'FAILED' })
  })

  test('an execution of a machine that is no job is stopped, too, and seen to have ended', async () => {
    const { api, sfn } = deployment()
    const id = await startLab(deployment(), 'parent', { steps: { load: { held: true } } })
    await untilRunning(deployment(), foreignOf(id), ['load'])
    const view = await api.abortAndSettle(id, { mode: 'force' })
    expect(stepNamed(view, 'foreign')).toMatchObject({
      state: 'CANCELLED',
      cleaned_up: true,
      external: { stop: 'ended' },
    })
    const executionArn = `arn:aws:states:us-east-1:000000000000:execution:somebodys-foreign:${foreignOf(id)}`
    expect((await sfn.send(new DescribeExecutionCommand({ executionArn }))).status).toBe('ABORTED')
    await release(deployment(), foreignOf(id), 'load')
  })
}

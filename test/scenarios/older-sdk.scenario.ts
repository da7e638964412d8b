import { expect, test } from 'vitest'
import { statesOf } from './api-client.ts'
import { LONG, labRunning, marksOf, startLab } from './lab.ts'
import type { Deployment } from './open-deployment.ts'

/** Today's stack runs and stops jobs whose steps were bundled with an SDK of before. */
export function olderSdk(deployment: () => Deployment): void {
  /** What the older step did, in the order of time. */
  const done = async (id: string): Promise<string[]> =>
    (await marksOf(deployment(), id)).filter(({ step }) => step === 'older').map(({ what }) => what)

  test('it runs, tells its checkpoints, and today’s step goes on after it', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'older-sdk', { steps: { older: { ms: 200 } } })
    const view = await api.settled(id)
    expect([view.state, ...statesOf(view)]).toEqual(['SUCCEEDED', 'older: SUCCEEDED', 'second: SUCCEEDED'])
    expect(view.steps[0]?.checkpoint_at).not.toBeNull()
  })

  test.each(['graceful', 'force'])(
    'a %s abort stops it at a checkpoint, and its own hook cleans up',
    async (mode) => {
      const { api } = deployment()
      const id = await labRunning(deployment(), 'older-sdk', { older: LONG })
      const view = await api.abortAndSettle(id, { mode })
      expect([view.state, ...statesOf(view)]).toEqual(['CANCELLED', 'older: CANCELLED', 'second: CANCELLED'])
      expect(view.left_behind).toEqual([])
      expect(await done(id)).toEqual(['run-start-1', 'run-end-1', 'abort'])
    },
  )

  test('a rollback takes back what it had done', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'older-sdk', { second: LONG })
    const view = await api.abortAndSettle(id, { mode: 'force', rollback: true })
    expect([view.state, ...statesOf(view)]).toEqual(['CANCELLED', 'older: CANCELLED', 'second: CANCELLED'])
    expect(await done(id)).toEqual(['run-start-1', 'run-end-1', 'revert'])
  })
}

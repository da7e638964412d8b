import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import type { Behaviour } from '../jobs/lab-step.ts'
import { MARKS_BUCKET, outsideKey } from '../jobs/marks-bucket.ts'
import { statesOf, stepNamed } from './api-client.ts'
import { LONG, labRunning, marksOf, release, startLab, untilRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'

const HELD: Behaviour = { held: true }

/** Tasks that run no code of a step's. */
export function externals(deployment: () => Deployment): void {
  const stands = (id: string, thing: string): Promise<boolean> =>
    deployment()
      .s3.send(new HeadObjectCommand({ Bucket: MARKS_BUCKET, Key: outsideKey(id, thing) }))
      .then(
        () => true,
        () => false,
      )
  const hooksOf = async (id: string): Promise<string[]> =>
    (await marksOf(deployment(), id))
      .map(({ step, what }) => `${step} ${what}`)
      .filter((mark) => !mark.includes('run-'))

  test('a job with an external step that nobody aborts runs to its end', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'external', { steps: {} })
    const view = await api.settled(id)
    expect(view.state).toBe('SUCCEEDED')
    expect(statesOf(view)).toEqual(['train: SUCCEEDED', 'second: SUCCEEDED'])
  })

  test('graceful waits for an external step that is a boundary, and nothing starts behind it', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'external', { train: HELD })
    await api.abort(id)
    expect(await deployment().execution(id)).toMatchObject({ status: 'RUNNING' })
    await release(deployment(), id, 'train')
    const view = await api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(statesOf(view)).toEqual(['train: SUCCEEDED', 'second: CANCELLED'])
    expect(await hooksOf(id)).toEqual([])
  })

  test.each([
    ['graceful', 'cluster', ['train abort', 'cluster taken-down']],
    ['force', 'external', ['train abort']],
  ])(
    '%s stops the work of %s: it is asked to end, and cleaned up once a look shows it',
    async (mode, shape, hooks) => {
      const { api } = deployment()
      const id = await startLab(deployment(), shape, { steps: { train: HELD } })
      await untilRunning(deployment(), id, ['train'])
      await api.abort(id, { mode })
      const view = await api.settled(id)
      expect(view.state).toBe('CANCELLED')
      expect(stepNamed(view, 'train')).toMatchObject({
        state: 'CANCELLED',
        cleaned_up: true,
        external: { stop: 'ended' },
      })
      expect(await hooksOf(id)).toEqual(hooks)
      expect(await stands(id, 'train')).toBe(false)
    },
  )

  test('an external step that fails is FAILED, fails its job with its own error, and is cleaned up', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'external', { steps: { train: { fails: 1 } } })
    const view = await api.settled(id)
    expect(view).toMatchObject({
      state: 'FAILED',
      fault: { exception: 'OutsideFailure', exception_message: 'train was to fail', module_name: 'train' },
    })
    expect(stepNamed(view, 'train')).toMatchObject({ state: 'FAILED', cleaned_up: true })
    expect(await hooksOf(id)).toEqual(['train abort'])
  })

  const ends: [string, string, Behaviour, string][] = [
    ['an abort', 'cluster', LONG, 'CANCELLED'],
    ['a time-out', 'cluster-timed', LONG, 'FAILED'],
    ['a failure', 'cluster', { fails: 9 }, 'FAILED'],
  ]
  test.each(ends)('a cluster is taken down after %s', async (what, shape, first, state) => {
    const { api } = deployment()
    const id = await startLab(deployment(), shape, { steps: { first } })
    await api.step(id, 'cluster', 'SUCCEEDED')
    if (what === 'an abort') await api.abort(id)
    const view = await api.settled(id)
    expect(view.state).toBe(state)
    expect(stepNamed(view, 'cluster')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect(await stands(id, 'cluster')).toBe(false)
    expect((await hooksOf(id)).filter((mark) => mark.startsWith('cluster'))).toEqual(['cluster taken-down'])
  })

  test('a cluster whose job ends well is taken down by its chain, here by a stand-in, and by nobody else', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'cluster', { steps: {} })
    const view = await api.settled(id)
    expect(statesOf(view)).toEqual(
      ['cluster', 'first', 'train', 'take-down'].map((name) => `${name}: SUCCEEDED`),
    )
    expect(await stands(id, 'cluster')).toBe(false)
    expect((await hooksOf(id)).filter((mark) => mark.startsWith('cluster'))).toEqual([])
  })
}

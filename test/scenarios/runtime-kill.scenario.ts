import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stepNamed } from './api-client.ts'
import { type SlowStore, startSlowStore } from './gated-store.ts'
import {
  brokenIn,
  DESTINATION,
  fillSource,
  keysIn,
  type Migrated,
  makeBuckets,
  migrationInput,
  openUploads,
  SMALL_KEYS,
  SOURCE,
  uploadOpened,
} from './migration-data.ts'
import { npmStart, type Started } from './npm-start.ts'
import { type Deployment, deploymentAt } from './open-deployment.ts'
import { faultsOf } from './recorded-history.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 })

const foreign = process.env.STANDDOWN_API_URL !== undefined
const reason = foreign ? ' (left out: the runtime at STANDDOWN_API_URL is not ours to kill)' : ''

describe.skipIf(foreign)(`a runtime killed with kill -9 in mid-copy and started again${reason}`, () => {
  let folder: string
  let runtime: Started
  let slow: SlowStore
  let deployment: Deployment
  const jobs: { id: string; data: Migrated }[] = []

  const open = async (): Promise<void> => {
    runtime = await npmStart(folder)
    deployment = await deploymentAt({ ...runtime, log: () => '', close: runtime.stop })
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standdown-kill-'))
    await open()
    await makeBuckets(deployment.s3)
    slow = await startSlowStore(runtime.awsUrl, { partMs: 3_000 })
    for (const _ of ['cut off', 'aborted and cut off']) {
      const data = await fillSource(deployment.s3)
      jobs.push({
        id: await deployment.api.start('object-migration', migrationInput(data, {}, slow.url)),
        data,
      })
    }
    await Promise.all(jobs.map(({ data }) => uploadOpened(deployment.s3, data.prefix)))
    const answer = await deployment.api.abort(jobs[1]!.id, {
      mode: 'graceful',
      reason: 'asked before the kill',
    })
    expect(answer.status).toBe(202)
    await runtime.kill()
    await open()
    slow.retarget(runtime.awsUrl)
  })

  afterAll(async () => {
    await runtime?.stop()
    await slow?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test.each([
    [
      'a job that ran is stood down as one stopped from outside',
      0,
      { mode: 'force', requested_by: 'external' },
    ],
    [
      'a job that was being aborted is stood down as asked',
      1,
      { mode: 'graceful', reason: 'asked before the kill' },
    ],
  ])('%s', async (_title, nth, abort_request) => {
    const { id, data } = jobs[nth]!
    const { api, s3 } = deployment
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [], abort_request })
    expect(view.execution_end).toMatchObject({ status: 'ABORTED' })
    expect(stepNamed(view, 'copy-objects')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect(await openUploads(s3, data.prefix)).toEqual([])
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(SMALL_KEYS)
    expect(await brokenIn(s3, DESTINATION, data.prefix)).toEqual([])
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual(data.keys)
    expect(await faultsOf(deployment, id)).toEqual([])
  })
})

import { PutObjectCommand } from '@aws-sdk/client-s3'
import { StopExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { stepNamed } from './api-client.ts'
import { startSlowStore } from './gated-store.ts'
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
import type { Deployment } from './open-deployment.ts'

/** Long enough for an abort to be asked for and seen between two parts. */
const PART_MS = 1_000

type Caught = { id: string; data: Migrated; done: () => Promise<void>; refusedAborts: () => number }

/** A migration caught with a multipart upload open. */
async function catchMigration(deployment: Deployment, { failAborts = 0 } = {}): Promise<Caught> {
  await makeBuckets(deployment.s3)
  const data = await fillSource(deployment.s3)
  const slow = await startSlowStore(deployment.awsUrl, { partMs: PART_MS })
  slow.failAborts(failAborts)
  const id = await deployment.api.start('object-migration', migrationInput(data, {}, slow.url))
  await uploadOpened(deployment.s3, data.prefix)
  return { id, data, done: slow.close, refusedAborts: slow.refusedAborts }
}

/** What every abort in mid-copy comes to. */
async function expectStoodDown(deployment: Deployment, { id, data }: Caught): Promise<void> {
  const { api, s3 } = deployment
  const view = await api.settled(id)
  expect(view).toMatchObject({ state: 'CANCELLED', fault: null, left_behind: [] })
  expect(stepNamed(view, 'list-objects')?.state).toBe('SUCCEEDED')
  expect(stepNamed(view, 'copy-objects')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  expect(stepNamed(view, 'verify')).toMatchObject({ state: 'CANCELLED', attempt: 0 })
  expect(await openUploads(s3, data.prefix)).toEqual([])
  expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(expect.arrayContaining(SMALL_KEYS))
  expect(await keysIn(s3, DESTINATION, data.prefix)).not.toContain('z/large')
  expect(await brokenIn(s3, DESTINATION, data.prefix)).toEqual([])
  expect(await keysIn(s3, SOURCE, data.prefix)).toEqual(data.keys)
  expect(await brokenIn(s3, SOURCE, data.prefix)).toEqual([])
}

/** The first job template, from the first object to the last. */
export function migrations(deployment: () => Deployment): void {
  test('a migration copies every object, verifies it and leaves the source', async () => {
    const { api, s3 } = deployment()
    await makeBuckets(s3)
    const data = await fillSource(s3)
    const id = await api.start('object-migration', migrationInput(data))
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'SUCCEEDED', fault: null })
    expect(view.steps.map(({ name, state }) => [name, state])).toEqual([
      ['list-objects', 'SUCCEEDED'],
      ['copy-objects', 'SUCCEEDED'],
      ['verify', 'SUCCEEDED'],
    ])
    expect(view.progress?.done).toBe(view.progress?.total)
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(data.keys)
    expect(await brokenIn(s3, DESTINATION, data.prefix)).toEqual([])
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual(data.keys)
    const types = (await api.notified(id)).map(({ event_type }) => event_type)
    expect(types).toEqual(['job.execution.start', 'job.execution.end'])
    expect((await api.abort(id, { mode: 'force' })).body).toMatchObject({ status: 409, state: 'SUCCEEDED' })
  })

  test('with remain_source false the verified objects are moved', async () => {
    const { api, s3 } = deployment()
    await makeBuckets(s3)
    const data = await fillSource(s3)
    const id = await api.start('object-migration', migrationInput(data, { remain_source: false }))
    expect((await api.settled(id)).state).toBe('SUCCEEDED')
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual([])
    expect(await brokenIn(s3, DESTINATION, data.prefix)).toEqual([])
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(data.keys)
  })

  test.each(['graceful', 'force'])(
    '%s in the middle of a multipart copy leaves nothing half done',
    async (mode) => {
      const { api } = deployment()
      const caught = await catchMigration(deployment())
      const { id, done } = caught
      const answer = await api.call<{ state: string }>('POST /abort-job', {
        body: { input: { job_execution_id: id, abort_mode: mode, reason: 'wrong bucket' } },
      })
      expect(answer).toMatchObject({ status: 202, body: { state: 'CANCELLING' } })
      await expectStoodDown(deployment(), caught)
      await done()
      const { status, error, cause } = await deployment().execution(id)
      expect([status, error]).toEqual(['ABORTED', 'JobAborted'])
      expect(JSON.parse(cause ?? '')).toMatchObject({ job_execution_id: id, mode, reason: 'wrong bucket' })
      const told = (await api.notified(id)).map(({ event_type, payload }) =>
        [event_type, payload.data.step?.name].filter(Boolean).join(' '),
      )
      expect(told.slice(0, 2)).toEqual(['job.execution.start', 'job.cancel.start'])
      for (const step of ['copy-objects', 'verify', 'delete-source']) {
        expect(told).toEqual(expect.arrayContaining([`step.cancel.start ${step}`, `step.cancel.end ${step}`]))
      }
      expect(told.at(-1)).toBe('job.cancel.end')
      expect(await api.abort(id)).toMatchObject({ status: 409, body: { state: 'CANCELLED' } })
    },
  )

  test('a stop through the AWS API in mid-copy comes to the same', async () => {
    const { api, sfn } = deployment()
    const caught = await catchMigration(deployment())
    const { execution_arn: executionArn } = await api.view(caught.id)
    await sfn.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }))
    await expectStoodDown(deployment(), caught)
    await caught.done()
    const view = await api.view(caught.id)
    expect(view.abort_request).toMatchObject({ requested_by: 'external', reason: 'Stopped: by hand' })
  })

  test('uploads are closed also when AbortMultipartUpload fails at first', async () => {
    const caught = await catchMigration(deployment(), { failAborts: 2 })
    await deployment().api.abort(caught.id)
    await expectStoodDown(deployment(), caught)
    expect(caught.refusedAborts()).toBe(2)
    await caught.done()
  })

  test('rollback removes what the job created, and only that', async () => {
    const { api, s3 } = deployment()
    const { id, data, done } = await catchMigration(deployment())
    const other = { Bucket: DESTINATION, Key: `${data.prefix}c/not of this job`, Body: 'kept' }
    await s3.send(new PutObjectCommand(other))
    await api.abort(id, { mode: 'force', rollback: true })
    const view = await api.settled(id)
    await done()
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(['c/not of this job'])
    expect(await openUploads(s3, data.prefix)).toEqual([])
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual(data.keys)
  })
}

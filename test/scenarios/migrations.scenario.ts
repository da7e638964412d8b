import { PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { stepNamed } from './api-client.ts'
import { stopByHand } from './by-hand.ts'
import {
  type CaughtMigration,
  catchMigration,
  expectNothingHalfDone,
  needsStoreOnThisMachine,
} from './caught-migration.ts'
import {
  brokenIn,
  DESTINATION,
  fillSource,
  keysIn,
  makeBuckets,
  migrationInput,
  openUploads,
  SOURCE,
} from './migration-data.ts'
import type { Deployment } from './open-deployment.ts'

/** A whole migration that nobody interrupts. */
async function migrate({ api, s3 }: Deployment, options: Record<string, unknown> = {}) {
  await makeBuckets(s3)
  const data = await fillSource(s3)
  const id = await api.start('object-migration', migrationInput(data, options))
  return { id, data, view: await api.settled(id) }
}

/** What every abort in mid-copy comes to. */
async function expectStoodDown({ api, s3 }: Deployment, { id, data }: CaughtMigration): Promise<void> {
  const view = await api.settled(id)
  expect(view).toMatchObject({ state: 'CANCELLED', fault: null, left_behind: [] })
  expect(stepNamed(view, 'list-objects')?.state).toBe('SUCCEEDED')
  expect(stepNamed(view, 'copy-objects')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
  expect(stepNamed(view, 'verify')).toMatchObject({ state: 'CANCELLED', attempt: 0 })
  await expectNothingHalfDone(s3, data)
}

/** The first job template, from the first object to the last. */
export function migrations(deployment: () => Deployment): void {
  test('a migration copies every object, verifies it and leaves the source', async () => {
    const { api, s3 } = deployment()
    const { id, data, view } = await migrate(deployment())
    expect(view).toMatchObject({ state: 'SUCCEEDED', fault: null })
    expect(view.steps.map(({ name, state }) => [name, state])).toEqual([
      ['list-objects', 'SUCCEEDED'],
      ['copy-objects', 'SUCCEEDED'],
      ['verify', 'SUCCEEDED'],
      ['report', 'SUCCEEDED'],
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
    const { s3 } = deployment()
    const { data, view } = await migrate(deployment(), { remain_source: false })
    expect(view.state).toBe('SUCCEEDED')
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual([])
    expect(await brokenIn(s3, DESTINATION, data.prefix)).toEqual([])
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(data.keys)
  })

  test.for(['graceful', 'force'])(
    '%s in the middle of a multipart copy leaves nothing half done',
    async (mode, context) => {
      needsStoreOnThisMachine(context, deployment())
      const { api } = deployment()
      await using caught = await catchMigration(deployment())
      const { id } = caught
      const answer = await api.call<{ state: string }>('POST /abort-job', {
        body: { input: { job_execution_id: id, abort_mode: mode, reason: 'wrong bucket' } },
      })
      expect(answer).toMatchObject({ status: 202, body: { state: 'CANCELLING' } })
      if (mode === 'graceful') caught.store.trickle()
      await expectStoodDown(deployment(), caught)
      const { status, error, cause } = await deployment().execution(id)
      expect([status, error]).toEqual(['ABORTED', 'JobAborted'])
      expect(JSON.parse(cause ?? '')).toMatchObject({ job_execution_id: id, mode, reason: 'wrong bucket' })
      const notified = (await api.notified(id)).map(({ event_type, payload }) =>
        [event_type, payload.data.step?.name].filter(Boolean).join(' '),
      )
      expect(notified.slice(0, 2)).toEqual(['job.execution.start', 'job.cancel.start'])
      for (const step of ['copy-objects', 'verify', 'delete-source']) {
        const own = [`step.cancel.start ${step}`, `step.cancel.end ${step}`]
        expect(notified).toEqual(expect.arrayContaining(own))
      }
      expect(notified.at(-1)).toBe('job.cancel.end')
      expect(await api.abort(id)).toMatchObject({ status: 409, body: { state: 'CANCELLED' } })
    },
  )

  test('a stop through the AWS API in mid-copy comes to the same', async (context) => {
    needsStoreOnThisMachine(context, deployment())
    await using caught = await catchMigration(deployment())
    await stopByHand(deployment(), caught.id, { error: 'Stopped', cause: 'by hand' })
    await expectStoodDown(deployment(), caught)
    const view = await deployment().api.view(caught.id)
    expect(view.abort_request).toMatchObject({ requested_by: 'external', reason: 'Stopped: by hand' })
  })

  test('uploads are closed also when AbortMultipartUpload fails at first', async (context) => {
    needsStoreOnThisMachine(context, deployment())
    await using caught = await catchMigration(deployment())
    caught.store.failAborts(2)
    await deployment().api.abort(caught.id)
    caught.store.trickle()
    await expectStoodDown(deployment(), caught)
    expect(caught.store.refusedAborts()).toBe(2)
  })

  test('rollback removes what the job created, and only that', async (context) => {
    needsStoreOnThisMachine(context, deployment())
    const { api, s3 } = deployment()
    await using caught = await catchMigration(deployment())
    const { id, data } = caught
    const other = { Bucket: DESTINATION, Key: `${data.prefix}c/not of this job`, Body: 'kept' }
    await s3.send(new PutObjectCommand(other))
    const view = await api.abortAndSettle(id, { mode: 'force', rollback: true })
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(await keysIn(s3, DESTINATION, data.prefix)).toEqual(['c/not of this job'])
    expect(await openUploads(s3, data.prefix)).toEqual([])
    expect(await keysIn(s3, SOURCE, data.prefix)).toEqual(data.keys)
  })
}

import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inParallel } from '#functions/steps/object-migration/batch/in-parallel.ts'
import { partsOf } from '#functions/steps/object-migration/copy/parts.ts'
import { findObjects } from '#functions/steps/object-migration/store/find-objects.ts'
import { openMigration } from '#functions/steps/object-migration/store/migration.ts'
import { startJob } from './migration-job.ts'
import { SWIFT, startWithSwift, type WithSwift } from './swift.ts'

const MIB = 1024 ** 2
const GIB = 1024 * MIB
const signal = new AbortController().signal

let both: WithSwift
beforeEach(async () => {
  if (SWIFT) both = await startWithSwift(SWIFT)
})
afterEach(async () => {
  if (SWIFT) await both.close()
})

function intoSwift(more: object = {}) {
  const destination = { bucket: both.bucket, endpoint: both.swift.endpoint }
  const input = { source: { bucket: both.bucket }, destination }
  return startJob({ connections: both.connections, input }, more)
}

describe.skipIf(!SWIFT)('with Swift (STANDDOWN_SWIFT names it)', () => {
  test('an object of any size is cut into no more parts than Swift takes', () => {
    const { transfer } = openMigration(both.connections, intoSwift().job)
    for (const size of [5 * MIB, 7.8 * GIB, 8 * GIB, 100 * GIB, 4_000 * GIB]) {
      expect(partsOf(Math.floor(size), transfer).length).toBeLessThanOrEqual(1_000)
    }
  })

  test('Swift takes the last part of such a cut, and none beyond it', async () => {
    const { client } = both.swift
    const at = { Bucket: both.bucket, Key: 'parts' }
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(at))
    const part = (PartNumber: number) =>
      client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'x' }))
    expect(await part(1_000)).toMatchObject({ ETag: expect.any(String) })
    await expect(part(1_001)).rejects.toMatchObject({ name: 'InvalidArgument' })
    await client.send(new AbortMultipartUploadCommand({ ...at, UploadId }))
  }, 60_000)

  test('2,000 neighbours below one prefix cost lists alone', async () => {
    const keys = Array.from({ length: 2_000 }, (_, i) => `neighbours/${String(i).padStart(4, '0')}`)
    const bounds = { limit: 16, signal }
    const { client } = both.swift
    const at = (Key: string) => ({ Bucket: both.bucket, Key })
    await inParallel(keys, bounds, async (key) => {
      await client.send(new PutObjectCommand({ ...at(key), Body: 'x' }))
    })
    const { destination } = openMigration(both.connections, intoSwift().job)
    const calls: string[] = []
    destination.client.middlewareStack.add(
      (next, context) => (args) => {
        calls.push(String(context.commandName))
        return next(args)
      },
      { step: 'initialize', name: 'counted', override: true },
    )
    for (const start of [0, 950, 1_200, 1_900]) {
      const wanted = keys.slice(start, start + 100)
      const found = await findObjects(destination, wanted, { signal, pauses: [] })
      expect([...found.keys()]).toEqual(wanted)
    }
    destination.client.middlewareStack.remove('counted')
    await inParallel(keys, bounds, async (key) => {
      await client.send(new DeleteObjectCommand(at(key)))
    })
    expect(new Set(calls)).toEqual(new Set(['ListObjectsV2Command']))
    expect(calls.length).toBeLessThanOrEqual(8)
  }, 600_000)
})

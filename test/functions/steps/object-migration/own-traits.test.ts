import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ForeignRequest, type ForeignStore, foreignStore } from './foreign-store.ts'
import { startJob } from './migration-job.ts'
import { put } from './objects.ts'
import { MIB, type Stores, startStores } from './stores.ts'

/** What the destination's own rules decide, unless a request asks for it. */
const RULED = /^x-amz-(storage-class|acl|grant-.*|object-lock-.*|server-side-encryption.*)$/
const LONG_AGO = 'Sat, 01 Jan 2000 00:00:00 GMT'

describe.each([
  [1, 'within one store'],
  [2, 'between two stores'],
] as const)('the copy of an object: %d, %s', (count, _) => {
  let stores: Stores
  let foreign: ForeignStore
  let target: ForeignStore
  const asked: string[] = []

  beforeEach(async () => {
    stores = await startStores(count)
    asked.length = 0
    const request = ({ method, bucket, headers }: ForeignRequest): undefined => {
      if (bucket === 'target' && method !== 'GET') asked.push(...Object.keys(headers))
    }
    foreign = await foreignStore(stores.from.endpoint, {
      request,
      // An old object of another class, with a retention and a key of its own.
      answer: ({ method, bucket }, { headers, status }) => {
        if (bucket !== 'from' || (method !== 'GET' && method !== 'HEAD') || status >= 300) return
        Object.assign(headers, {
          'last-modified': LONG_AGO,
          'x-amz-storage-class': 'STANDARD_IA',
          'x-amz-object-lock-mode': 'COMPLIANCE',
          'x-amz-object-lock-retain-until-date': '2040-01-01T00:00:00Z',
          'x-amz-object-lock-legal-hold': 'ON',
          'x-amz-server-side-encryption': 'aws:kms',
        })
      },
    })
    await put(stores.from, { key: 'small' }, 10)
    await put(stores.from, { key: 'large' }, 9 * MIB)
    target = count === 1 ? foreign : await foreignStore(stores.to.endpoint, { request })
    const source = { bucket: 'from', endpoint: foreign.endpoint }
    const input = { source, destination: { bucket: 'target', endpoint: target.endpoint } }
    await startJob({ connections: stores.connections, input }).copyAll()
  })

  afterEach(async () => {
    await foreign.close()
    if (target !== foreign) await target.close()
    await stores.close()
  })

  const copyOf = (Key: string) => stores.to.client.send(new HeadObjectCommand({ Bucket: 'target', Key }))
  const originalOf = (Key: string) => stores.from.client.send(new HeadObjectCommand({ Bucket: 'from', Key }))

  test('has the ETag of the original where it is made by one call, and one of parts elsewhere', async () => {
    expect((await copyOf('small')).ETag).toBe((await originalOf('small')).ETag)
    expect((await originalOf('large')).ETag).toMatch(/^"[0-9a-f]{32}"$/)
    expect((await copyOf('large')).ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
  })

  test('has the time of the copy', async () => {
    for (const key of ['small', 'large']) {
      const { LastModified } = await copyOf(key)
      expect(LastModified?.getTime()).toBeGreaterThan(Date.parse(LONG_AGO))
    }
  })

  test('is asked to have no class, access list, lock or encryption of its own', () => {
    expect(asked).toContain(count === 1 ? 'x-amz-copy-source' : 'content-md5')
    expect(asked.filter((name) => RULED.test(name))).toEqual([])
  })
})

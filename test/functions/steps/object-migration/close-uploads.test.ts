import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeUploads } from '#functions/steps/object-migration/copy/close-uploads.ts'
import type { Upload } from '#functions/steps/object-migration/copy/uploads.ts'
import { Lacks } from '#functions/steps/object-migration/store/lacks.ts'
import type { Store } from '#functions/steps/object-migration/store/migration.ts'
import { type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'
import { uploadsOf } from './objects.ts'
import { type Stores, startStores } from './stores.ts'

const never = new AbortController().signal
let stores: Stores
let foreign: ForeignStore
let store: Store
beforeEach(async () => {
  stores = await startStores()
  foreign = await foreignStore(stores.to.endpoint)
  const client = stores.connections.connect({ bucket: 'target', endpoint: foreign.endpoint })
  store = {
    client,
    bucket: 'target',
    prefix: '',
    isAmazon: false,
    lacks: new Lacks('destination', { write: async () => undefined }),
  }
})
afterEach(async () => {
  await foreign.close()
  await stores.close()
})

async function open(key: string): Promise<Upload> {
  const create = new CreateMultipartUploadCommand({ Bucket: 'target', Key: key })
  const { UploadId } = await stores.to.client.send(create)
  return { key, id: UploadId! }
}

test('any 404 of an abort means that the upload is gone, and nothing more is asked', async () => {
  const calls: string[] = []
  foreign.play({
    request: ({ method, url }) => {
      calls.push(`${method} ${url}`)
      return s3Error(404, 'NoSuchKey', 'The specified key does not exist.')
    },
  })
  await closeUploads(store, [{ key: 'done', id: 'u1' }], never)
  expect(calls).toEqual([expect.stringMatching(/^DELETE .*\/target\/done\?.*uploadId=u1/)])
})

test('the parts of an ended upload that a store still lists hold nothing up: its list of uploads decides', async () => {
  const part = '<Part><PartNumber>1</PartNumber><ETag>"x"</ETag><Size>5</Size></Part>'
  foreign.play({
    request: ({ method, query }) => {
      if (method === 'DELETE') return { status: 204, headers: {}, body: '' }
      if (!query.has('uploadId')) return undefined
      const headers = { 'content-type': 'application/xml' }
      return { status: 200, headers, body: `<ListPartsResult>${part}</ListPartsResult>` }
    },
  })
  await closeUploads(store, [{ key: 'done', id: 'u1' }], never)
})

test('an upload that cannot be aborted is told with its call and key, and keeps no other open', async () => {
  const uploads = await Promise.all(['a', 'denied', 'z'].map(open))
  foreign.play({
    request: ({ method, key }) =>
      method === 'DELETE' && key === 'denied' ? s3Error(403, 'AccessDenied') : undefined,
  })
  await expect(closeUploads(store, uploads, never)).rejects.toThrow(
    /1 multipart uploads in target .*"denied".*AbortMultipartUpload of "denied" in bucket target: AccessDenied/,
  )
  expect(await uploadsOf(stores.to, 'target')).toEqual([uploads[1]!.id])
}, 30_000)

test('uploads are aborted a few at a time', async () => {
  const uploads = await Promise.all(Array.from({ length: 40 }, (_, i) => open(`key ${i}`)))
  let under = 0
  let most = 0
  foreign.play({
    request: ({ method }) => {
      if (method === 'DELETE') most = Math.max(most, ++under)
    },
    answer: ({ method }) => {
      if (method === 'DELETE') under -= 1
    },
  })
  await closeUploads(store, uploads, never)
  expect(most).toBeLessThanOrEqual(8)
  expect(await uploadsOf(stores.to, 'target')).toEqual([])
})

import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type StartedS3, startS3 } from './start.ts'
import { beginUpload, LAST, makeUploadsBucket, UPLOADS } from './upload.ts'

let s3: StartedS3

beforeAll(async () => {
  s3 = await startS3()
  await makeUploadsBucket(s3)
})
afterAll(() => s3.close())

// AWS answers a repeated CompleteMultipartUpload with the same result for a while: here a caller has to look.
test('a completed upload is unknown to every operation, at once', async () => {
  const upload = await beginUpload(s3, 'completed')
  const part = await upload.put(1, LAST)
  await upload.complete([part])
  const late = [upload.put(2, LAST), upload.copy(2, 'bytes=0-1'), upload.parts(), upload.abort()]
  for (const result of await Promise.allSettled([...late, upload.complete([part])])) {
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'NoSuchUpload' } })
  }
})

test('an upload aborted while a part is on its way refuses the part', async () => {
  const upload = await beginUpload(s3, 'raced')
  const arrived = new Promise<void>((resolve) => s3.intercept(async () => void resolve()))
  const url = `${s3.endpoint}/${UPLOADS}/raced?partNumber=1&uploadId=${upload.at.UploadId}`
  const part = request(url, { method: 'PUT', headers: { 'content-length': 8 } })
  part.write('half')
  await arrived
  s3.intercept(undefined)
  await upload.abort()
  part.end('part')
  const [response] = await once(part, 'response')
  expect([response.statusCode, await text(response)]).toEqual([404, expect.stringContaining('NoSuchUpload')])
})

import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'errors'
let s3: StartedS3
let upload: string

/** Parts 1 and 2 are too small to stand before another. */
const small = '"9dd4e461268c8034f5c8564e155c67a6"'

beforeAll(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
  await s3.client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'abc' }))
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }))
  upload = UploadId ?? ''
  for (const PartNumber of [1, 2]) {
    await s3.client.send(new UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber, Body: 'x' }))
  }
})
afterAll(() => s3.close())

const part = (number: number, etag: string) =>
  `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`
const completion = (...parts: string[]) =>
  `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
const tagging = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=`).join('&')
const deletion = (count: number) =>
  `<Delete>${Array.from({ length: count }, (_, i) => `<Object><Key>k${i}</Key></Object>`).join('')}</Delete>`

interface Row {
  name: string
  ask: string
  code: string
  status: number
  headers?: Record<string, string>
  body?: string
}

const copyOf = (source: string, more: Record<string, string> = {}) => ({
  'x-amz-copy-source': source,
  ...more,
})
const row = (name: string, ask: string, answer: string, more: Pick<Row, 'headers' | 'body'> = {}): Row => {
  const [status, code = ''] = answer.split(' ')
  return { name, ask, code, status: Number(status), ...more }
}

const rows: Row[] = [
  row('a read of a missing key', 'GET /errors/none', '404 NoSuchKey'),
  row('a read in a missing bucket', 'GET /nowhere/none', '404 NoSuchBucket'),
  row('a write into a missing bucket', 'PUT /nowhere/none', '404 NoSuchBucket', { body: 'x' }),
  row('a list of a missing bucket', 'GET /nowhere?list-type=2', '404 NoSuchBucket'),
  row('an upload into a missing bucket', 'POST /nowhere/k?uploads', '404 NoSuchBucket'),
  row('a bucket that exists', 'PUT /errors', '409 BucketAlreadyOwnedByYou'),
  row('a bucket with a wrong name', 'PUT /Errors_', '400 InvalidBucketName'),
  row('a bucket named by dots', 'PUT /..', '400 InvalidBucketName'),
  row('a bucket configured by broken XML', 'PUT /fresh', '400 MalformedXML', { body: '<Create' }),
  row('the end of a full bucket', 'DELETE /errors', '409 BucketNotEmpty'),
  row('a path that is no UTF-8', 'GET /errors/%ff', '400 InvalidURI'),
  row('a range outside', 'GET /errors/there', '416 InvalidRange', { headers: { range: 'bytes=3-' } }),
  row('an access list', 'PUT /errors/there?acl', '501 NotImplemented', { body: 'x' }),
  row('a version', 'DELETE /errors/there?versionId=1', '501 NotImplemented'),
  row('an unknown method', 'PATCH /errors/there', '501 NotImplemented'),
  row('long metadata', 'PUT /errors/m', '400 MetadataTooLarge', {
    headers: { 'x-amz-meta-a': 'x'.repeat(2048) },
  }),
  row('a customer key', 'PUT /errors/m', '501 NotImplemented', {
    headers: { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
  }),
  row('eleven tags', 'PUT /errors/m', '400 InvalidTag', {
    headers: { 'x-amz-tagging': tagging(11) },
    body: 'x',
  }),
  row('tags of a missing key', 'GET /errors/none?tagging', '404 NoSuchKey'),
  row('a write only if old enough', 'PUT /errors/m', '501 NotImplemented', {
    headers: { 'if-unmodified-since': new Date(0).toUTCString() },
    body: 'x',
  }),
  row('a copy of a source only if new', 'PUT /errors/c', '501 NotImplemented', {
    headers: copyOf('errors/there', { 'x-amz-copy-source-if-modified-since': new Date(0).toUTCString() }),
  }),
  row('a deletion of nothing', 'POST /errors?delete', '400 MalformedXML', { body: '<Delete></Delete>' }),
  row('a deletion of 1,001', 'POST /errors?delete', '400 MalformedXML', { body: deletion(1001) }),
  row('an unknown entity', 'POST /errors?delete', '400 MalformedXML', {
    body: '<Delete><Object><Key>&there;</Key></Object></Delete>',
  }),
  row('a copy of a missing key', 'PUT /errors/c', '404 NoSuchKey', { headers: copyOf('errors/none') }),
  row('a copy of no key', 'PUT /errors/c', '400 InvalidArgument', { headers: copyOf('errors') }),
  row('a copy onto itself', 'PUT /errors/there', '400 InvalidRequest', { headers: copyOf('/errors/there') }),
  row('a copy of a version', 'PUT /errors/c', '501 NotImplemented', {
    headers: copyOf('errors/there?versionId=7'),
  }),
  row('a copy by a wrong directive', 'PUT /errors/c', '400 InvalidArgument', {
    headers: copyOf('errors/there', { 'x-amz-metadata-directive': 'KEEP' }),
  }),
  row('a part of an unknown upload', 'PUT /errors/k?partNumber=1&uploadId=u', '404 NoSuchUpload', {
    body: 'x',
  }),
  row('a part of another key', 'PUT /errors/j?partNumber=1&uploadId=ID', '404 NoSuchUpload', { body: 'x' }),
  row('part 0', 'PUT /errors/k?partNumber=0&uploadId=ID', '400 InvalidArgument', { body: 'x' }),
  row('part 10,001', 'PUT /errors/k?partNumber=10001&uploadId=ID', '400 InvalidArgument', { body: 'x' }),
  row('a copied part outside', 'PUT /errors/k?partNumber=1&uploadId=ID', '400 InvalidArgument', {
    headers: copyOf('errors/there', { 'x-amz-copy-source-range': 'bytes=0-3' }),
  }),
  row(
    'a copied part of a changed source',
    'PUT /errors/k?partNumber=1&uploadId=ID',
    '412 PreconditionFailed',
    {
      headers: copyOf('errors/there', { 'x-amz-copy-source-if-match': '"other"' }),
    },
  ),
  row('a completion of nothing', 'POST /errors/k?uploadId=ID', '400 MalformedXML', { body: completion() }),
  row('a completion out of order', 'POST /errors/k?uploadId=ID', '400 InvalidPartOrder', {
    body: completion(part(2, small), part(1, small)),
  }),
  row('a completion with a missing part', 'POST /errors/k?uploadId=ID', '400 InvalidPart', {
    body: completion(part(3, small)),
  }),
  row('a completion with another ETag', 'POST /errors/k?uploadId=ID', '400 InvalidPart', {
    body: completion(part(1, '"0"')),
  }),
  row('a completion of small parts', 'POST /errors/k?uploadId=ID', '400 EntityTooSmall', {
    body: completion(part(1, small), part(2, small)),
  }),
]

describe('S3 answers', () => {
  test.each(rows)('$name by $status $code', async ({ ask, code, status, ...rest }) => {
    const [method = '', path = ''] = ask.split(' ')
    const reply = await send(s3.endpoint + path.replace('ID', upload), { method, ...rest })
    expect([reply.status, codeOf(reply)]).toEqual([status, code])
    expect(reply.headers).toMatchObject({
      'content-type': 'application/xml',
      'x-amz-request-id': expect.any(String),
    })
  })

  test('HEAD without a body, also in its errors', async () => {
    expect(await send(`${s3.endpoint}/errors/none`, { method: 'HEAD' })).toMatchObject({
      status: 404,
      body: '',
    })
    expect(await send(`${s3.endpoint}/nowhere`, { method: 'HEAD' })).toMatchObject({ status: 404, body: '' })
  })

  test('a deletion of what is not there by success', async () => {
    expect((await send(`${s3.endpoint}/errors/none`, { method: 'DELETE' })).status).toBe(204)
  })
})

import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { codeOf, send } from '../s3/raw.ts'
import type { StartedS3 } from '../s3/start.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/AmazonS3/latest/API'
const UG = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide'
const Bucket = 'errors'

/** Parts 1 and 2 are too small to stand before another. */
export const small = '"9dd4e461268c8034f5c8564e155c67a6"'

/** The bucket `errors` with the object `there` and an upload of `k`, which ID stands for in a row. */
export async function openErrorsBucket({ client }: StartedS3): Promise<string> {
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'there', Body: 'abc' }))
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }))
  for (const PartNumber of [1, 2]) {
    await client.send(new UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber, Body: 'x' }))
  }
  return UploadId
}

export const part = (number: number, etag: string) =>
  `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`
const completion = (...parts: string[]) =>
  `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
const tagging = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=`).join('&')
const deletion = (count: number) =>
  `<Delete>${Array.from({ length: count }, (_, i) => `<Object><Key>k${i}</Key></Object>`).join('')}</Delete>`

export interface Refusal {
  name: string
  ask: string
  code: string
  status: number
  headers?: Record<string, string>
  body?: string
}

export const copyOf = (source: string, more: Record<string, string> = {}) => ({
  'x-amz-copy-source': source,
  ...more,
})
export const row = (
  name: string,
  ask: string,
  answer: string,
  more: Pick<Refusal, 'headers' | 'body'> = {},
): Refusal => {
  const [status, code = ''] = answer.split(' ')
  return { name, ask, code, status: Number(status), ...more }
}

export type ErrorsService = { endpoint: string; upload: string }

export async function checkRefusal(refusal: Refusal, { endpoint, upload }: ErrorsService): Promise<void> {
  const { ask, code, status, name: _, ...request } = refusal
  const [method = '', path = ''] = ask.split(' ')
  const reply = await send(endpoint + path.replace('ID', upload), { method, ...request })
  expect([reply.status, codeOf(reply)]).toEqual([status, code])
  expect(reply.headers).toMatchObject({
    'content-type': 'application/xml',
    'x-amz-request-id': expect.any(String),
  })
}

export const refusalsFrom = (source: string, refusals: Refusal[]): GoldenRow<ErrorsService>[] =>
  refusals.map((refusal) => ({
    behaviour: `S3 answers ${refusal.name} by ${refusal.status} ${refusal.code}`,
    source,
    check: (service) => checkRefusal(refusal, service),
  }))

/** By which error S3 refuses what. */
export const S3_ERRORS: GoldenRow<ErrorsService>[] = [
  ...refusalsFrom(`${API}/ErrorResponses.html`, [
    row('a read of a missing key', 'GET /errors/none', '404 NoSuchKey'),
    row('a read in a missing bucket', 'GET /nowhere/none', '404 NoSuchBucket'),
    row('a write into a missing bucket', 'PUT /nowhere/none', '404 NoSuchBucket', { body: 'x' }),
    row('a list of a missing bucket', 'GET /nowhere?list-type=2', '404 NoSuchBucket'),
    row('an upload into a missing bucket', 'POST /nowhere/k?uploads', '404 NoSuchBucket'),
    row('a bucket that exists', 'PUT /errors', '409 BucketAlreadyOwnedByYou'),
    row('a bucket configured by broken XML', 'PUT /fresh', '400 MalformedXML', { body: '<Create' }),
    row('the end of a full bucket', 'DELETE /errors', '409 BucketNotEmpty'),
    row('a path that is no UTF-8', 'GET /errors/%ff', '400 InvalidURI'),
    row('a range outside', 'GET /errors/there', '416 InvalidRange', { headers: { range: 'bytes=3-' } }),
    row('long metadata', 'PUT /errors/m', '400 MetadataTooLarge', {
      headers: { 'x-amz-meta-a': 'x'.repeat(2048) },
    }),
    row('a part of an unknown upload', 'PUT /errors/k?partNumber=1&uploadId=u', '404 NoSuchUpload', {
      body: 'x',
    }),
    row('a part of another key', 'PUT /errors/j?partNumber=1&uploadId=ID', '404 NoSuchUpload', { body: 'x' }),
    row('part 0', 'PUT /errors/k?partNumber=0&uploadId=ID', '400 InvalidArgument', { body: 'x' }),
    row('part 10,001', 'PUT /errors/k?partNumber=10001&uploadId=ID', '400 InvalidArgument', { body: 'x' }),
  ]),
  ...refusalsFrom(`${UG}/bucketnamingrules.html`, [
    row('a bucket with a wrong name', 'PUT /Errors_', '400 InvalidBucketName'),
    row('a bucket named by dots', 'PUT /..', '400 InvalidBucketName'),
  ]),
  ...refusalsFrom(`${UG}/object-tagging.html`, [
    row('eleven tags', 'PUT /errors/m', '400 InvalidTag', {
      headers: { 'x-amz-tagging': tagging(11) },
      body: 'x',
    }),
    row('tags of a missing key', 'GET /errors/none?tagging', '404 NoSuchKey'),
  ]),
  ...refusalsFrom(`${API}/API_DeleteObjects.html`, [
    row('a deletion of nothing', 'POST /errors?delete', '400 MalformedXML', { body: '<Delete></Delete>' }),
    row('a deletion of 1,001', 'POST /errors?delete', '400 MalformedXML', { body: deletion(1001) }),
    row('an unknown entity', 'POST /errors?delete', '400 MalformedXML', {
      body: '<Delete><Object><Key>&there;</Key></Object></Delete>',
    }),
  ]),
  ...refusalsFrom(`${API}/API_CopyObject.html`, [
    row('a copy of a missing key', 'PUT /errors/c', '404 NoSuchKey', { headers: copyOf('errors/none') }),
    row('a copy of no key', 'PUT /errors/c', '400 InvalidArgument', { headers: copyOf('errors') }),
    row('a copy onto itself', 'PUT /errors/there', '400 InvalidRequest', {
      headers: copyOf('/errors/there'),
    }),
    row('a copy by a wrong directive', 'PUT /errors/c', '400 InvalidArgument', {
      headers: copyOf('errors/there', { 'x-amz-metadata-directive': 'KEEP' }),
    }),
  ]),
  ...refusalsFrom(`${API}/API_UploadPartCopy.html`, [
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
  ]),
  ...refusalsFrom(`${API}/API_CompleteMultipartUpload.html`, [
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
  ]),
  {
    behaviour: 'HEAD is answered without a body, also in its errors',
    source: `${API}/API_HeadObject.html`,
    async check({ endpoint }) {
      for (const path of ['/errors/none', '/nowhere']) {
        expect(await send(endpoint + path, { method: 'HEAD' })).toMatchObject({ status: 404, body: '' })
      }
    },
  },
  {
    behaviour: 'a deletion of what is not there succeeds',
    source: `${API}/API_DeleteObject.html`,
    async check({ endpoint }) {
      expect((await send(`${endpoint}/errors/none`, { method: 'DELETE' })).status).toBe(204)
    },
  },
]

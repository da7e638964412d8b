import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkRefusal, copyOf, type ErrorsService, openErrorsBucket, row } from '../golden/s3-errors.table.ts'
import { codeOf, send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

let s3: StartedS3
let service: ErrorsService

beforeAll(async () => {
  s3 = await startS3()
  service = { endpoint: s3.endpoint, upload: await openErrorsBucket(s3) }
})
afterAll(() => s3.close())

test.each([
  row('an access list', 'PUT /errors/there?acl', '501 NotImplemented', { body: 'x' }),
  row('a version', 'DELETE /errors/there?versionId=1', '501 NotImplemented'),
  row('an unknown method', 'PATCH /errors/there', '501 NotImplemented'),
  row('a customer key', 'PUT /errors/m', '501 NotImplemented', {
    headers: { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
  }),
  row('a write only if old enough', 'PUT /errors/m', '501 NotImplemented', {
    headers: { 'if-unmodified-since': new Date(0).toUTCString() },
    body: 'x',
  }),
  row('a copy of a source only if new', 'PUT /errors/c', '501 NotImplemented', {
    headers: copyOf('errors/there', { 'x-amz-copy-source-if-modified-since': new Date(0).toUTCString() }),
  }),
  row('a copy of a version', 'PUT /errors/c', '501 NotImplemented', {
    headers: copyOf('errors/there?versionId=7'),
  }),
])('$name is refused as NotImplemented, not taken for something else', (refusal) =>
  checkRefusal(refusal, service),
)

test('a checksum of an unknown kind is refused, not left unchecked', async () => {
  const headers = { 'x-amz-checksum-crc8': 'AA==' }
  const reply = await send(`${s3.endpoint}/errors/m`, { method: 'PUT', headers, body: 'x' })
  expect(codeOf(reply)).toBe('NotImplemented')
})

// HTTP allows it: the reader gets the object once more than it needs.
test('a read with if-modified-since is answered whole', async () => {
  const headers = { 'if-modified-since': new Date(Date.now() + 86_400_000).toUTCString() }
  expect((await send(`${s3.endpoint}/errors/there`, { headers })).status).toBe(200)
})

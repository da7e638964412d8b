import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { codeOf, send } from '../s3/raw.ts'
import type { StartedS3 } from '../s3/start.ts'
import type { GoldenRow } from './golden.ts'

const V4_SOURCE = 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html'
const V2_SOURCE = 'https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html'

/** What the clock of the S3 of these rows shows. */
export const SHOWN = Date.parse('2026-06-01T12:00:00Z')
const Bucket = 'presigned'

/** The object that all rows read. */
export async function openPresignedBucket({ client }: StartedS3): Promise<void> {
  await client.send(new CreateBucketCommand({ Bucket }))
  await client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: '0123456789' }))
}

type Parameters = Record<string, string>

/** A URL of Version 4, signed at noon for a minute; an empty value leaves its parameter out. */
const v4 = (more: Parameters = {}): Parameters => ({
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  'X-Amz-Credential': 'local/20260601/us-east-1/s3/aws4_request',
  'X-Amz-Date': '20260601T120000Z',
  'X-Amz-Expires': '60',
  'X-Amz-SignedHeaders': 'host',
  'X-Amz-Signature': '0',
  ...more,
})
const v2 = (more: Parameters = {}): Parameters => ({
  AWSAccessKeyId: 'local',
  Signature: 'x=',
  Expires: String(SHOWN / 1000 + 60),
  ...more,
})

type Asked = { parameters: Parameters; headers?: Record<string, string> }

function row(behaviour: string, source: string, wanted: string, { parameters, headers = {} }: Asked) {
  const [status, code] = wanted.split(' ')
  return {
    behaviour,
    source,
    async check({ endpoint }: StartedS3) {
      const given = Object.entries(parameters).filter(([, value]) => value !== '')
      const reply = await send(`${endpoint}/${Bucket}/key?${new URLSearchParams(given)}`, { headers })
      expect([reply.status, codeOf(reply)]).toEqual([Number(status), code])
      if (code === undefined) expect(reply.body).toBe('0123456789')
    },
  }
}

const refused = (what: string, code: string, more: Parameters): GoldenRow<StartedS3> =>
  row(`a URL of Version 4 ${what} is refused as ${code}`, V4_SOURCE, code, { parameters: v4(more) })
const refusedV2 = (what: string, more: Parameters): GoldenRow<StartedS3> =>
  row(`a URL of Version 2 ${what} is refused`, V2_SOURCE, '403 AccessDenied', { parameters: v2(more) })

const WRONG = '400 AuthorizationQueryParametersError'

/** How long a presigned URL is good for. */
export const S3_PRESIGNED: GoldenRow<StartedS3>[] = [
  row('a URL of Version 4 reads an object until it expires', V4_SOURCE, '200', { parameters: v4() }),
  row('a URL of Version 4 may last a week', V4_SOURCE, '200', {
    parameters: v4({ 'X-Amz-Date': '20260525T120000Z', 'X-Amz-Expires': '604800' }),
  }),
  refused('a second after its end', '403 AccessDenied', { 'X-Amz-Date': '20260601T115859Z' }),
  refused('that begins in an hour', '403 AccessDenied', { 'X-Amz-Date': '20260601T130000Z' }),
  refused('for more than a week', WRONG, { 'X-Amz-Expires': '604801' }),
  refused('for less than no time', WRONG, { 'X-Amz-Expires': '-1' }),
  refused('for a time that is no number', WRONG, { 'X-Amz-Expires': '1m' }),
  refused('without its end', WRONG, { 'X-Amz-Expires': '' }),
  refused('without its date', WRONG, { 'X-Amz-Date': '' }),
  refused('with a date of another form', WRONG, { 'X-Amz-Date': '2026-06-01T12:00:00Z' }),
  refused('with a date that is none', WRONG, { 'X-Amz-Date': '20261301T120000Z' }),
  refused('without its credential', WRONG, { 'X-Amz-Credential': '' }),
  refused('without its signature', WRONG, { 'X-Amz-Signature': '' }),
  refused('of another algorithm', WRONG, { 'X-Amz-Algorithm': 'AWS4-HMAC-SHA1' }),
  row('a presigned URL beside an Authorization header is refused', V4_SOURCE, '400 InvalidArgument', {
    parameters: v4(),
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=local' },
  }),
  row('a URL of Version 2 reads an object until it expires', V2_SOURCE, '200', { parameters: v2() }),
  refusedV2('a second after its end', { Expires: String(SHOWN / 1000 - 1) }),
  refusedV2('without its end', { Expires: '' }),
  refusedV2('with an end that is no time', { Expires: 'tomorrow' }),
  refusedV2('without its key', { AWSAccessKeyId: '' }),
  {
    behaviour: 'an expired URL is told when it expired, and what time it is',
    source: V4_SOURCE,
    async check({ endpoint }) {
      const query = new URLSearchParams(v4({ 'X-Amz-Date': '20260601T110000Z' }))
      const { body } = await send(`${endpoint}/${Bucket}/key?${query}`)
      expect(body).toContain('<Message>Request has expired</Message>')
      expect(body).toContain('<Expires>2026-06-01T11:01:00.000Z</Expires>')
      expect(body).toContain('<ServerTime>2026-06-01T12:00:00.000Z</ServerTime>')
    },
  },
]

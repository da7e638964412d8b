import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { codeOf, send } from './raw.ts'
import { type StartedS3, startS3 } from './start.ts'

const Bucket = 'faults'
let s3: StartedS3

beforeEach(async () => {
  s3 = await startS3()
  await s3.client.send(new CreateBucketCommand({ Bucket }))
})
afterEach(() => s3.close())

const put = (body: string) => send(`${s3.endpoint}/${Bucket}/key`, { method: 'PUT', body })
const get = () => send(`${s3.endpoint}/${Bucket}/key`)

describe('the fault injector', () => {
  test('is told the operation, the bucket, the key and the query', async () => {
    const seen: string[] = []
    s3.intercept(async ({ operation, bucket, key, query }) => {
      seen.push([operation, bucket, key, query.get('x-id')].join(' '))
      return undefined
    })
    await put('x')
    await send(`${s3.endpoint}/${Bucket}/a%20b?x-id=0`)
    expect(seen).toEqual(['PutObject faults key ', 'GetObject faults a b 0'])
  })

  test('fails an operation before it is executed', async () => {
    s3.intercept(async () => 'fail')
    const reply = await put('x')
    expect([reply.status, codeOf(reply)]).toEqual([503, 'SlowDown'])
    s3.intercept(undefined)
    expect((await get()).status).toBe(404)
  })

  test('drops the reply of an operation that was executed', async () => {
    s3.intercept(async () => 'drop-reply')
    await expect(put('landed')).rejects.toThrow('socket hang up')
    s3.intercept(undefined)
    expect((await get()).body).toBe('landed')
  })

  test('shows the SDK a lost reply that its retry makes good', async () => {
    let drops = 1
    s3.intercept(async () => (drops-- > 0 ? 'drop-reply' : undefined))
    const { $metadata } = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'again' }))
    expect($metadata.attempts).toBe(2)
    const got = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'key' }))
    expect(await got.Body?.transformToString()).toBe('again')
  })
})

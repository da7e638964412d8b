import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { clientConfig } from '#functions/steps/object-migration/store/connect.ts'
import { SecretError } from '#functions/steps/object-migration/store/credentials.ts'
import { isGone, isTransient, objectFault } from '#functions/steps/object-migration/store/faults.ts'
import { send } from '#functions/steps/object-migration/store/send.ts'
import { type ForeignStore, foreignStore, s3Error } from './foreign-store.ts'

let store: ForeignStore
let client: S3Client
beforeAll(async () => {
  store = await foreignStore('http://127.0.0.1:1')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const config = clientConfig({ bucket: '', region: 'us-east-1' }, store.endpoint, credentials)
  client = new S3Client({ ...config, maxAttempts: 1 })
})
afterEach(() => store.play())
afterAll(() => store.close())

const get = () => send(client, new GetObjectCommand({ Bucket: 'b', Key: 'a/\u0007 ü' }))
const list = () => send(client, new ListObjectsV2Command({ Bucket: 'b' }))
const thrown = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => new Error('nothing was thrown'),
    (error) => error,
  )
const page = (status: number, body = '<html><title>Not here</title><br></html>') => ({
  status,
  headers: { 'content-type': 'text/html' },
  body,
})

test('an error names the call, the key, the bucket and what the store answered', async () => {
  store.play({ request: () => s3Error(400, 'InvalidTag', 'no such tag') })
  expect(await thrown(get())).toMatchObject({
    name: 'InvalidTag',
    message: 'GetObject of "a/\\u0007 ü" in bucket b: InvalidTag (400): no such tag',
  })
  expect((await thrown(list())).message).toBe('ListObjectsV2 of bucket b: InvalidTag (400): no such tag')
})

test('an endpoint that is no S3 store is named, with what it answered', async () => {
  store.play({ request: () => page(404) })
  const error = await thrown(list())
  expect(error.message).toBe(
    `ListObjectsV2 of bucket b: ${store.endpoint} answered 404 text/html, which is no answer of an S3 store: ` +
      '<html><title>Not here</title><br></html>',
  )
  expect([isGone(error), isTransient(error)]).toEqual([false, false])
})

test.each([
  ['well-formed HTML', () => page(404, '<html><p>no</p></html>')],
  ['an empty page', () => page(404, '')],
  ['JSON', () => ({ status: 404, headers: { 'content-type': 'application/json' }, body: '{"a":1}' })],
])('a 404 with %s does not say that an object is gone', async (_, answer) => {
  store.play({ request: answer })
  const error = await thrown(get())
  expect(error.message).toContain(`${store.endpoint} answered 404`)
  expect([isGone(error), objectFault(error)]).toEqual([false, null])
})

test('a HEAD has no body: a 404 of any type says that the object is gone', async () => {
  store.play({ request: () => page(404) })
  expect(isGone(await thrown(send(client, new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))))).toBe(true)
})

test.each([
  [501, 'NotImplemented', false, 'refused'],
  [405, 'MethodNotAllowed', false, 'refused'],
  [400, 'InvalidArgument', false, 'refused'],
  [403, 'AccessDenied', false, 'denied'],
  [412, 'PreconditionFailed', false, 'changed'],
  [404, 'NoSuchKey', false, 'gone'],
  [404, 'NoSuchBucket', false, undefined],
  [403, 'InvalidAccessKeyId', false, undefined],
  [403, 'SignatureDoesNotMatch', false, undefined],
  [400, 'RequestTimeout', true, undefined],
  [409, 'OperationAborted', true, undefined],
  [429, 'TooManyRequests', true, undefined],
  [500, 'InternalError', true, undefined],
  [503, 'SlowDown', true, undefined],
  [502, 'Whatever', true, undefined],
])('%i %s passes: %s, about the object: %s', async (status, code, passes, reason) => {
  store.play({ request: () => s3Error(status, code) })
  const error = await thrown(get())
  expect([isTransient(error), objectFault(error)?.reason]).toEqual([passes, reason])
  expect(objectFault(await thrown(list()))).toBeNull()
})

test.each([
  ['AccessDenied', false],
  ['NotImplemented', false],
  ['InvalidRequest', false],
  ['InternalError', true],
  ['SlowDown', true],
])('%s inside a 200 passes: %s', async (code, passes) => {
  store.play({ request: () => s3Error(200, code) })
  expect(isTransient(await thrown(list()))).toBe(passes)
})

test.each([
  [200, 'AccessDenied', 1],
  [501, 'NotImplemented', 1],
  [200, 'SlowDown', 2],
  [500, 'InternalError', 2],
])('%i %s is asked %i times by the SDK', async (status, code, times) => {
  let asked = 0
  store.play({
    request: () => {
      asked += 1
      return s3Error(status, code)
    },
  })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const config = clientConfig({ bucket: '', region: 'us-east-1' }, store.endpoint, credentials)
  const twice = new S3Client({ ...config, maxAttempts: 2 })
  const copy = new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'a/k' })
  expect(await thrown(send(twice, copy))).toMatchObject({ name: code })
  expect(asked).toBe(times)
})

test('a load balancer that has lost its store is an outage', async () => {
  store.play({ request: () => page(502) })
  expect(isTransient(await thrown(get()))).toBe(true)
  store.play({ request: () => 'cut' })
  expect(isTransient(await thrown(get()))).toBe(true)
})

test('what the signal cut off throws the reason of the signal', async () => {
  store.play({ request: () => 'hang' })
  const abort = new AbortController()
  const call = send(client, new GetObjectCommand({ Bucket: 'b', Key: 'k' }), abort.signal)
  const reason = new Error('stop')
  abort.abort(reason)
  await expect(call).rejects.toBe(reason)
})

test('a store that hangs is an outage well before the Lambda ends, one that works on a copy is not cut off', async () => {
  store.play({ request: () => 'hang' })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const copy = new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'a/k' })
  const ended: string[] = []
  const calls = [get(), send(client, copy)].map(async (call, i) => {
    const error = await thrown(call)
    ended.push(['get', 'copy'][i]!)
    return isTransient(error)
  })
  await vi.advanceTimersByTimeAsync(3 * 60_000)
  expect(ended).toEqual(['get'])
  await vi.advanceTimersByTimeAsync(7 * 60_000)
  expect(await Promise.all(calls)).toEqual([true, true])
  vi.useRealTimers()
})

/** Half of a body, and then what `after` does to its connection. */
async function halfAnswered(after: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-length': '10' })
    response.write('12345', () => after(response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const half = new S3Client({
    ...clientConfig({ bucket: '', region: 'us-east-1' }, endpoint, credentials),
    maxAttempts: 1,
  })
  const { Body } = await send(half, new GetObjectCommand({ Bucket: 'b', Key: 'k' }))
  return Body!
}

test('a body that breaks off is an error of its call', async () => {
  const body = await halfAnswered((response) => response.destroy())
  const error = await thrown(body.transformToString())
  expect(error.message).toMatch(/^GetObject of "k" in bucket b: /)
  expect(isTransient(error)).toBe(true)
})

test('a body of which nothing more comes is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { promise: written, resolve } = Promise.withResolvers<void>()
  const body = await halfAnswered(() => resolve())
  const reading = thrown(body.transformToString())
  await written
  await vi.advanceTimersByTimeAsync(59_000)
  expect(await Promise.race([reading, 'reading'])).toBe('reading')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(await reading).toMatchObject({ name: 'TimeoutError', call: 'GetObject', key: 'k' })
})

test('a secret that cannot be read is told as such: a throttled one passes', () => {
  const throttled = new SecretError('x', {
    cause: Object.assign(new Error(), { name: 'ThrottlingException' }),
  })
  const denied = new SecretError('x', {
    cause: Object.assign(new Error(), { name: 'AccessDeniedException' }),
  })
  expect([isTransient(throttled), isTransient(denied)]).toEqual([true, false])
  expect(objectFault(denied)).toBeNull()
})

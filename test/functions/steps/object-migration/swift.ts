import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { clientConfig } from '#functions/steps/object-migration/store/connect.ts'
import type { Connections } from '#functions/steps/object-migration/store/connections.ts'
import { startS3 } from '#test/s3.ts'

/** An OpenStack Swift with its S3 API, such as `http://127.0.0.1:18080`, user `test:tester`, password `testing`. */
export const SWIFT = process.env.STANDDOWN_SWIFT

const credentials = { accessKeyId: 'test:tester', secretAccessKey: 'testing' }
const clientAt = (endpoint: string, keys = { accessKeyId: 'local', secretAccessKey: 'local' }) =>
  new S3Client({ ...clientConfig({ bucket: '', region: 'us-east-1' }, endpoint, keys), maxAttempts: 2 })

/** The local S3 and Swift, with a bucket in each for the test alone. */
export async function startWithSwift(endpoint: string) {
  const local = await startS3()
  const swift = { client: clientAt(endpoint, credentials), endpoint }
  const bucket = `t${randomBytes(6).toString('hex')}`
  const other = `${bucket}-2`
  for (const Bucket of [bucket, other]) await swift.client.send(new CreateBucketCommand({ Bucket }))
  for (const Bucket of [bucket, 'work']) await local.client.send(new CreateBucketCommand({ Bucket }))
  const localClient = clientAt(local.endpoint)
  const connections: Connections = {
    defaultEndpoint: local.endpoint,
    connect: (location) => (location.endpoint === endpoint ? swift.client : localClient),
    work: { client: localClient, bucket: 'work' },
    pauses: [1, 1],
  }
  const close = async () => {
    for (const Bucket of [bucket, other]) await dropBucket(swift.client, Bucket)
    swift.client.destroy()
    localClient.destroy()
    await local.close()
  }
  return { local, swift, bucket, other, connections, close }
}

export type WithSwift = Awaited<ReturnType<typeof startWithSwift>>

export async function keysIn(client: S3Client, Bucket: string): Promise<string[]> {
  const list = new ListObjectsV2Command({ Bucket, EncodingType: 'url' })
  const { Contents = [] } = await client.send(list)
  return Contents.map(({ Key = '' }) => decodeURIComponent(Key.replaceAll('+', ' ')))
}

async function dropBucket(client: S3Client, Bucket: string): Promise<void> {
  for (const Key of await keysIn(client, Bucket)) await client.send(new DeleteObjectCommand({ Bucket, Key }))
  await client.send(new DeleteBucketCommand({ Bucket }))
}

/** Swift's own API, for what its S3 API cannot make. */
export async function putByOwnApi(endpoint: string, path: string, headers: Record<string, string>) {
  const auth = { 'x-auth-user': 'test:tester', 'x-auth-key': 'testing' }
  const login = await fetch(`${endpoint}/auth/v1.0`, { headers: auth })
  const token = login.headers.get('x-auth-token') ?? ''
  const url = `${login.headers.get('x-storage-url')}/${path}`
  const put = await fetch(url, { method: 'PUT', headers: { 'x-auth-token': token, ...headers }, body: '' })
  if (!put.ok) throw new Error(`PUT ${path}: ${put.status} ${await put.text()}`)
}

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { clientConfig } from '#functions/steps/object-migration/store/connect.ts'
import type { Connections } from '#functions/steps/object-migration/store/connections.ts'
import { type StartedS3, startS3 } from '#test/s3.ts'

export const MIB = 1024 ** 2

/**
 * One store, or two, with the buckets `from` and `work` in the first and `target` in the last, connections to
 * them, and the input of a migration between them.
 */
export async function startStores(count: 1 | 2 = 1) {
  const first = await startS3()
  const last = count === 2 ? await startS3() : first
  const make = (s3: StartedS3, Bucket: string) => s3.client.send(new CreateBucketCommand({ Bucket }))
  await Promise.all([make(first, 'from'), make(last, 'target'), make(first, 'work')])
  const clients = new Map<string, S3Client>()
  const clientOf = (endpoint: string): S3Client => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const config = clientConfig({ bucket: '', region: 'us-east-1' }, endpoint, credentials)
    const client = clients.get(endpoint) ?? new S3Client({ ...config, maxAttempts: 2 })
    clients.set(endpoint, client)
    return client
  }
  const connections: Connections = {
    defaultEndpoint: first.endpoint,
    connect: ({ endpoint }) => clientOf(endpoint ?? first.endpoint),
    work: { client: clientOf(first.endpoint), bucket: 'work' },
    pauses: [1, 1],
  }
  const destination = { bucket: 'target', ...(count === 2 ? { endpoint: last.endpoint } : {}) }
  const close = async () => {
    for (const client of clients.values()) client.destroy()
    await first.close()
    if (count === 2) await last.close()
  }
  return { from: first, to: last, connections, input: { source: { bucket: 'from' }, destination }, close }
}

export type Stores = Awaited<ReturnType<typeof startStores>>

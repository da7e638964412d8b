import { S3Client } from '@aws-sdk/client-s3'
import { type StandaloneS3, startS3 as startServer } from '#local/s3/start-s3.ts'

export type StartedS3 = StandaloneS3 & { client: S3Client }

/** The local S3 on a free loopback port, with a client for it. */
export async function startS3(options: Parameters<typeof startServer>[0] = {}): Promise<StartedS3> {
  const server = await startServer(options)
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const close = async (): Promise<void> => {
    client.destroy()
    await server.close()
  }
  return { ...server, client, close }
}

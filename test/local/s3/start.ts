import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { createS3, type S3Options } from '#local/s3/server.ts'

export type Intercept = NonNullable<S3Options['intercept']>

export interface StartedS3 {
  endpoint: string
  client: S3Client
  dataDir: string
  /** Sets the fault injector of all further operations; undefined removes it. */
  intercept(hook: Intercept | undefined): void
  /** Stops the server; a data folder that was not given is removed. */
  close(): Promise<void>
}

/** The local S3 on a free loopback port, with a client for it. */
export async function startS3(options: { dataDir?: string; region?: string } = {}): Promise<StartedS3> {
  const region = options.region ?? 'us-east-1'
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'standdown-s3-')))
  let hook: Intercept | undefined
  const s3 = createS3({ dataDir, region, intercept: async (operation) => hook?.(operation) })
  const server = createServer((message, response) => void s3.handle(message, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  return {
    endpoint,
    client,
    dataDir,
    intercept: (next) => {
      hook = next
    },
    close: async () => {
      client.destroy()
      server.close()
      await s3.close()
      server.closeAllConnections()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

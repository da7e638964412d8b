import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createS3, type S3Options } from './s3-server.ts'

export type Intercept = NonNullable<S3Options['intercept']>

export interface StandaloneS3 {
  endpoint: string
  dataDir: string
  /** Sets the fault injector of all further operations; undefined removes it. */
  intercept(hook: Intercept | undefined): void
  /** Stops the server; a data folder that was not given is removed. */
  close(): Promise<void>
}

/** The local S3 alone, on a free loopback port. */
export async function startS3(
  options: Partial<Pick<S3Options, 'dataDir' | 'region' | 'now'>> = {},
): Promise<StandaloneS3> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'local-s3-')))
  let hook: Intercept | undefined
  const region = options.region ?? 'us-east-1'
  const { now = Date.now } = options
  const s3 = createS3({ dataDir, region, now, intercept: async (operation) => hook?.(operation) })
  const server = createServer((message, response) => void s3.handle(message, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    dataDir,
    intercept: (next) => {
      hook = next
    },
    close: async () => {
      server.close()
      await s3.close()
      server.closeAllConnections()
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

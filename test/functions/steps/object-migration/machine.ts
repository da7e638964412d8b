import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { abortBatch, revertBatch } from '#functions/steps/object-migration/copy/clean-up.ts'
import { type CopyResult, copyBatch } from '#functions/steps/object-migration/copy/copy-batch.ts'
import { deleteSource } from '#functions/steps/object-migration/delete/delete-batches.ts'
import { listObjects } from '#functions/steps/object-migration/list/list-pages.ts'
import { clientConfig } from '#functions/steps/object-migration/store/connect.ts'
import type { World } from '#functions/steps/object-migration/store/migration.ts'
import { verify } from '#functions/steps/object-migration/verify/verify-batches.ts'
import { type StartedS3, startS3 } from '#test/s3.ts'
import { type HookSettings, hookTools, type RunSettings, runTools } from './tools.ts'

export const MIB = 1024 ** 2

/** One or two stores with the buckets `from` (first), `target` (last) and `work` (first), and a world on them. */
export async function startMachine(stores: 1 | 2 = 1) {
  const first = await startS3()
  const last = stores === 2 ? await startS3() : first
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
  const world: World = {
    endpoint: first.endpoint,
    connect: ({ endpoint }) => clientOf(endpoint ?? first.endpoint),
    work: { client: clientOf(first.endpoint), bucket: 'work' },
  }
  const destination = { bucket: 'target', ...(stores === 2 ? { endpoint: last.endpoint } : {}) }
  const close = async () => {
    for (const client of clients.values()) client.destroy()
    await first.close()
    if (stores === 2) await last.close()
  }
  return { from: first, to: last, world, input: { source: { bucket: 'from' }, destination }, close }
}

export type Machine = Awaited<ReturnType<typeof startMachine>>

/** Runs steps of one job as the product would, without it. */
export function startJob({ world, input }: Pick<Machine, 'world' | 'input'>, more: object = {}) {
  const job = {
    job_execution_id: crypto.randomUUID(),
    template: 'object-migration',
    execution_arn: 'arn',
    created_at: new Date().toISOString(),
    input: { ...input, part_size_mib: 5, ...more },
  }
  const copy = (item: number, settings: RunSettings = {}): Promise<CopyResult> =>
    copyBatch(world, { item }, runTools(job, settings))
  return {
    job,
    list: (settings: RunSettings = {}) => listObjects(world, runTools(job, settings)),
    copy,
    verify: (settings: RunSettings = {}) => verify(world, runTools(job, settings)),
    deleteSource: (settings: RunSettings = {}) => deleteSource(world, runTools(job, settings)),
    abort: (item: number, settings: HookSettings = {}) => abortBatch(world, hookTools(job, item, settings)),
    revert: (item: number, settings: HookSettings = {}) => revertBatch(world, hookTools(job, item, settings)),
    async copyAll() {
      const { batches } = await listObjects(world, runTools(job, {}))
      for (const batch of batches) await copy(batch)
      return batches
    },
  }
}

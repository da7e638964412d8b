import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { isGone } from './faults.ts'
import { send } from './send.ts'

const padded = (batch: number): string => `${String(batch).padStart(5, '0')}.json`

/** Where each record of a job lies, below `jobs/<job id>/`. */
export const paths = {
  manifests: 'manifests/',
  manifest: (batch: number): string => `manifests/${padded(batch)}`,
  summary: 'summary.json',
  /** Jobs under way have their baselines in a folder of this name. */
  baseline: (batch: number): string => `plans/${padded(batch)}`,
  chunk: (batch: number, name: string): string => `copied/${padded(batch).slice(0, 5)}/${name}.json`,
  result: (batch: number): string => `results/${padded(batch)}`,
  verified: (batch: number): string => `verified/${padded(batch)}`,
  failures: 'failures.json',
  deleted: (batch: number): string => `deleted/${padded(batch)}`,
  reverted: (batch: number): string => `reverted/${padded(batch)}`,
}

/** The job's folder in the work bucket: what is too large for the execution's data and the table. */
export class JobFolder {
  #client: S3Client
  #bucket: string
  #prefix: string

  constructor({ client, bucket }: { client: S3Client; bucket: string }, jobId: string) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = `jobs/${jobId}/`
  }

  async write(path: string, value: unknown, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: this.#prefix + path,
      Body: JSON.stringify(value),
      ContentType: 'application/json',
    })
    await send(this.#client, command, signal)
  }

  async read<Value>(path: string, signal: AbortSignal): Promise<Value> {
    const found = await this.find<Value>(path, signal)
    if (found !== null) return found
    throw new Error(
      `${this.#prefix}${path} is not in the bucket ${this.#bucket}: it was removed while in use`,
    )
  }

  /** As `read`, but null where there is nothing. */
  async find<Value>(path: string, signal: AbortSignal): Promise<Value | null> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + path })
    try {
      const { Body } = await send(this.#client, command, signal)
      return JSON.parse((await Body?.transformToString()) ?? 'null')
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  }

  async removeAll(below: string, signal: AbortSignal): Promise<void> {
    const Bucket = this.#bucket
    for (;;) {
      const list = new ListObjectsV2Command({ Bucket, Prefix: this.#prefix + below })
      const { Contents = [] } = await send(this.#client, list, signal)
      if (Contents.length === 0) return
      const Objects = Contents.map(({ Key }) => ({ Key: Key! }))
      const removal = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })
      const { Errors = [] } = await send(this.#client, removal, signal)
      if (Errors[0]) throw new Error(`${Errors[0].Key} could not be deleted: ${Errors[0].Message}`)
    }
  }
}

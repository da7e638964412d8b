import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isGone } from './faults.ts'
import { objectPages } from './object-pages.ts'
import { sendRecord } from './send.ts'
import { StoreError } from './store-error.ts'

const padded = (batch: number): string => `${String(batch).padStart(5, '0')}.json`

/** Where each record of a job lies, below `jobs/<job id>/`. */
export const paths = {
  manifests: 'manifests/',
  manifest: (batch: number): string => `manifests/${padded(batch)}`,
  summary: 'summary.json',
  /** Jobs under way have their baselines in a folder of this name. */
  baselines: 'plans/',
  baseline: (batch: number): string => `plans/${padded(batch)}`,
  chunk: (batch: number, name: string): string => `copied/${padded(batch).slice(0, 5)}/${name}.json`,
  /** The uploads that each attempt opened. */
  openings: (batch: number, attempt: number): string => `${paths.allOpenings(batch)}${attempt}.json`,
  allOpenings: (batch: number): string => `uploads/${padded(batch).slice(0, 5)}/`,
  closed: (batch: number): string => `closed/${padded(batch)}`,
  result: (batch: number): string => `results/${padded(batch)}`,
  verified: (batch: number): string => `verified/${padded(batch)}`,
  failures: 'failures.json',
  lacks: 'lacks/',
  lack: (end: string, feature: string): string => `${paths.lacks}${end}-${feature}.json`,
  deleted: (batch: number): string => `deleted/${padded(batch)}`,
  allReverted: 'reverted/',
  reverted: (batch: number): string => `reverted/${padded(batch)}`,
}

export type WorkBucket = { client: S3Client; bucket: string }

/** A folder of the work bucket. */
export class WorkFolder {
  #client: S3Client
  #bucket: string
  #prefix: string

  constructor({ client, bucket }: WorkBucket, prefix: string) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
  }

  async write(path: string, value: unknown, signal: AbortSignal): Promise<void> {
    await sendRecord(this.#client, this.#put(path, value), signal)
  }

  /** Writes what is not there yet: of several writers the first one wins, and the others get false. */
  async create(path: string, value: unknown, signal: AbortSignal): Promise<boolean> {
    try {
      await sendRecord(this.#client, this.#put(path, value, '*'), signal)
      return true
    } catch (error) {
      if (error instanceof StoreError && error.status === 412) return false
      throw error
    }
  }

  #put(path: string, value: unknown, IfNoneMatch?: string): PutObjectCommand {
    const at = { Bucket: this.#bucket, Key: this.#prefix + path }
    return new PutObjectCommand({
      ...at,
      Body: JSON.stringify(value),
      ContentType: 'application/json',
      IfNoneMatch,
    })
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
      const { Body } = await sendRecord(this.#client, command, signal)
      return JSON.parse((await Body?.transformToString()) ?? 'null')
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  }

  /** The paths below `below`. */
  async list(below: string, signal: AbortSignal): Promise<string[]> {
    const found: string[] = []
    for await (const page of this.#pages(below, signal)) {
      found.push(...page.map((key) => key.slice(this.#prefix.length)))
    }
    return found
  }

  async removeAll(below: string, signal: AbortSignal): Promise<void> {
    for await (const page of this.#pages(below, signal)) {
      if (page.length === 0) continue
      const Delete = { Objects: page.map((Key) => ({ Key })), Quiet: true }
      const removal = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete })
      const { Errors = [] } = await sendRecord(this.#client, removal, signal)
      if (Errors[0]) throw new Error(`${Errors[0].Key} could not be deleted: ${Errors[0].Message}`)
    }
  }

  /** The keys below `below`. */
  async *#pages(below: string, signal: AbortSignal): AsyncGenerator<string[]> {
    const store = { client: this.#client, bucket: this.#bucket, isRecord: true }
    for await (const page of objectPages(store, { prefix: this.#prefix + below }, signal)) {
      yield page.map(({ key, encodedKey }) => key ?? encodedKey)
    }
  }
}

/** An execution may be called `.` or `..`, which as a part of a path means another folder. */
export const folderOf = (jobId: string): string =>
  `jobs/${/^\.+$/.test(jobId) ? jobId.replaceAll('.', '%2E') : jobId}/`

/** The job's folder: what is too large for the execution's data and the table. */
export class JobFolder extends WorkFolder {
  constructor(work: WorkBucket, jobId: string) {
    super(work, folderOf(jobId))
  }
}

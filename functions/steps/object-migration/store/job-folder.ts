import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { inParallel } from '../batch/in-parallel.ts'
import { isGone } from './faults.ts'
import { objectPages } from './object-pages.ts'
import { sendRecord } from './send.ts'
import { StoreError } from './store-error.ts'

const below = (batch: number): string => String(batch).padStart(5, '0')
const padded = (number: number): string => `${below(number)}.json`

/** Where each record of a job lies, below `jobs/<job id>/`. */
export const paths = {
  manifests: 'manifests/',
  manifest: (batch: number): string => `manifests/${padded(batch)}`,
  summary: 'summary.json',
  /** Jobs under way have their baselines in a folder of this name. */
  baselines: 'plans/',
  baseline: (batch: number): string => `plans/${padded(batch)}`,
  chunk: (batch: number, name: string): string => `copied/${below(batch)}/${name}.json`,
  /** The uploads that each attempt opened. */
  openings: (batch: number, attempt: number): string => `${paths.allOpenings(batch)}${attempt}.json`,
  allOpenings: (batch: number): string => `uploads/${below(batch)}/`,
  allClosed: 'closed/',
  closed: (batch: number): string => `${paths.allClosed}${padded(batch)}`,
  result: (batch: number): string => `results/${padded(batch)}`,
  lacks: 'lacks/',
  lack: (end: string, feature: string): string => `${paths.lacks}${end}-${feature}.json`,
  verified: (batch: number, slice: number): string => `verified/${below(batch)}/${padded(slice)}`,
  deleted: (batch: number, slice: number): string => `deleted/${below(batch)}/${padded(slice)}`,
  batchReport: (batch: number): string => `report/${padded(batch)}`,
  reportLines: (batch: number): string => `report/${below(batch)}.ndjson`,
  skipped: (file: number): string => `skipped/${below(file)}.ndjson`,
  report: 'report.json',
  allReverted: 'reverted/',
  reverted: (batch: number): string => `reverted/${padded(batch)}`,
}

const REMOVALS_AT_ONCE = 16

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

  /** Where a person finds it. */
  address(path: string): string {
    return `s3://${this.#bucket}/${this.#prefix}${path}`
  }

  async write(path: string, value: unknown, signal: AbortSignal): Promise<void> {
    const body = { Body: JSON.stringify(value), ContentType: 'application/json' }
    await sendRecord(this.#client, this.#put(path, body), signal)
  }

  /** A JSON text a line. */
  async writeLines(path: string, lines: unknown[], signal: AbortSignal): Promise<void> {
    const Body = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    await sendRecord(this.#client, this.#put(path, { Body, ContentType: 'application/x-ndjson' }), signal)
  }

  /** Writes what is not there yet: of several writers the first one wins, and the others get false. */
  async create(path: string, value: unknown, signal: AbortSignal): Promise<boolean> {
    const body = { Body: JSON.stringify(value), ContentType: 'application/json', IfNoneMatch: '*' }
    try {
      await sendRecord(this.#client, this.#put(path, body), signal)
      return true
    } catch (error) {
      if (error instanceof StoreError && error.status === 412) return false
      throw error
    }
  }

  #put(path: string, body: { Body: string; ContentType: string; IfNoneMatch?: string }): PutObjectCommand {
    return new PutObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + path, ...body })
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
    const text = await this.#text(path, signal)
    return text === null ? null : JSON.parse(text)
  }

  async readLines<Line>(path: string, signal: AbortSignal): Promise<Line[]> {
    const text = await this.#text(path, signal)
    return (text ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }

  async #text(path: string, signal: AbortSignal): Promise<string | null> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + path })
    try {
      const { Body } = await sendRecord(this.#client, command, signal)
      return (await Body?.transformToString()) ?? null
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

  /** One call a record, as in a rollback: what stands for S3 may not know DeleteObjects, or want an MD5 with it. */
  async removeAll(below: string, signal: AbortSignal): Promise<void> {
    for await (const page of this.#pages(below, signal)) {
      await inParallel(page, { limit: REMOVALS_AT_ONCE, signal }, async (Key, inner) => {
        const removal = new DeleteObjectCommand({ Bucket: this.#bucket, Key })
        await sendRecord(this.#client, removal, inner)
      })
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

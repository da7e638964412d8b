import { pipeline } from 'node:stream/promises'
import type { GetObjectCommandOutput, ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import type { S3Command } from '../store/send.ts'
import type { BatchRun } from './batch-run.ts'
import { MeasuredBody, readBody } from './measured-body.ts'
import { type Extent, type SourceBody, sizeOf } from './source-body.ts'
import { write } from './write.ts'

/** What a call that carries bytes has of them. */
export type BodyInput = { Body: Buffer | MeasuredBody; ContentLength: number; ContentMD5?: string }

/** A body on its way to the destination. */
export type Transfer<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = {
  extent: Extent
  source: SourceBody
  /** In hex, where it is known beforehand. */
  md5: string | null
  /** Makes, of what the source said, the call that takes the body. */
  prepare(found: GetObjectCommandOutput): Promise<(body: BodyInput) => S3Command<Input, Output>>
}

export type Sent<Output> = { output: Output; md5: string }

/** The MD5 as the one digest of a body that every store checks. */
const contentMd5 = (md5: string): string => Buffer.from(md5, 'hex').toString('base64')

/** Takes the bytes through memory. A call that fails is repeated without reading them again. */
export async function sendHeld<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  run: BatchRun,
  { extent, source: { found, body }, md5: expected, prepare }: Transfer<Input, Output>,
  signal: AbortSignal,
): Promise<Sent<Output>> {
  const size = sizeOf(extent)
  const drop = () => body.destroy(signal.reason)
  signal.addEventListener('abort', drop)
  const reading = readBody(body, { size, md5: expected })
  const preparing = prepare(found)
  try {
    await Promise.allSettled([reading, preparing])
    signal.throwIfAborted()
    const { bytes, md5 } = await reading
    const make = await preparing
    const call = make({ Body: bytes, ContentLength: size, ContentMD5: contentMd5(md5) })
    const cut = extent.part ? { cut: signal } : {}
    return { output: await write(run.migration.destination.client, call, { signal, ...cut }), md5 }
  } finally {
    signal.removeEventListener('abort', drop)
  }
}

/**
 * Takes the bytes through as they come. Until all of them are out the call can be cut off: no store makes an object
 * of half a body. From then on a whole object is waited for, as any write.
 */
export async function sendStream<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  run: BatchRun,
  { extent, source: { found, body }, md5, prepare }: Transfer<Input, Output>,
  signal: AbortSignal,
): Promise<Sent<Output>> {
  const measured = new MeasuredBody(sizeOf(extent), md5)
  const cut = new AbortController()
  const stop = (reason: unknown) => {
    if (extent.part || !measured.readableEnded) cut.abort(reason)
  }
  const abort = () => stop(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    const make = await prepare(found)
    const flowing = pipeline(body, measured).catch(stop)
    const digest = md5 === null ? {} : { ContentMD5: contentMd5(md5) }
    const call = make({ Body: measured, ContentLength: sizeOf(extent), ...digest })
    const output = await write(run.migration.destination.client, call, { signal, cut: cut.signal })
    await flowing
    return { output, md5: measured.md5 }
  } finally {
    signal.removeEventListener('abort', abort)
    body.destroy()
    measured.destroy()
  }
}

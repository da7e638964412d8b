import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { items } from './figures.ts'

const PART = 8 * 1024 ** 2

export type BenchObject = { key: string; size: number }
export type Sides = { s3: S3Client; source: string; destination: string }
export type CopyOne = (sides: Sides, object: BenchObject) => Promise<unknown>

/** The simplest loop there is: one call per object, the store copies. */
export const inOneCall: CopyOne = ({ s3, source, destination }, { key }) =>
  s3.send(new CopyObjectCommand({ Bucket: destination, Key: key, CopySource: `${source}/${key}` }))

/** The calls that a copy needs which is to be stopped between two parts. */
export const inParts: CopyOne = async (sides, object) => {
  if (object.size <= PART) return inOneCall(sides, object)
  const { s3, source, destination } = sides
  const at = { Bucket: destination, Key: object.key }
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at))
  const Parts: { PartNumber: number; ETag: string | undefined }[] = []
  for (const i of items(Math.ceil(object.size / PART))) {
    const range = `bytes=${i * PART}-${Math.min(object.size, (i + 1) * PART) - 1}`
    const from = { CopySource: `${source}/${object.key}`, CopySourceRange: range }
    const part = { ...at, UploadId, PartNumber: i + 1 }
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...part, ...from }))
    Parts.push({ PartNumber: i + 1, ETag: CopyPartResult?.ETag })
  }
  return s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
}

/** Between two stores: the bytes pass through here. */
export const streamed: CopyOne = async ({ s3, source, destination }, { key }) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: source, Key: key }))
  const bytes = await Body?.transformToByteArray()
  return s3.send(new PutObjectCommand({ Bucket: destination, Key: key, Body: bytes ?? '' }))
}

/** Seconds for all objects, so many at once. */
export async function loopSeconds(
  sides: Sides,
  objects: BenchObject[],
  { copy, atOnce }: { copy: CopyOne; atOnce: number },
): Promise<number> {
  const left = [...objects]
  const started = performance.now()
  const copyRest = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await copy(sides, next)
  }
  await Promise.all(items(atOnce).map(copyRest))
  return (performance.now() - started) / 1_000
}

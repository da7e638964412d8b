import { Blobs } from './blobs.ts'
import { BucketTable } from './bucket-table.ts'
import { ObjectTable } from './object-table.ts'
import { PieceTable } from './piece-table.ts'
import { openDatabase } from './s3-database.ts'
import type { Reply, S3Request } from './s3-request.ts'
import { UploadTable } from './upload-table.ts'

export interface S3Data {
  region: string
  buckets: BucketTable
  objects: ObjectTable
  uploads: UploadTable
  blobs: Blobs
  close(): void
}

export type Handler = (request: S3Request, data: S3Data) => Reply | Promise<Reply>

export function openS3Data({ dataDir, region }: { dataDir: string; region: string }): S3Data {
  const db = openDatabase(dataDir)
  const pieces = new PieceTable(db)
  const buckets = new BucketTable(db)
  const blobs = new Blobs(dataDir, pieces)
  const parts = { db, buckets, pieces, blobs }
  const objects = new ObjectTable(parts)
  const uploads = new UploadTable(parts, objects)
  return { region, buckets, objects, uploads, blobs, close: () => db.close() }
}

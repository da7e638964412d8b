import { Blobs } from './blobs.ts'
import { BucketStore } from './bucket-table.ts'
import { ObjectStore } from './object-table.ts'
import { PieceTable } from './piece-table.ts'
import { openDatabase } from './s3-database.ts'
import type { Reply, S3Request } from './s3-request.ts'
import { UploadStore } from './upload-table.ts'

export interface Store {
  region: string
  buckets: BucketStore
  objects: ObjectStore
  uploads: UploadStore
  blobs: Blobs
  close(): void
}

export type Handler = (request: S3Request, store: Store) => Reply | Promise<Reply>

export function openStore({ dataDir, region }: { dataDir: string; region: string }): Store {
  const db = openDatabase(dataDir)
  const pieces = new PieceTable(db)
  const buckets = new BucketStore(db)
  const blobs = new Blobs(dataDir, pieces)
  const parts = { db, buckets, pieces, blobs }
  const objects = new ObjectStore(parts)
  const uploads = new UploadStore(parts, objects)
  return { region, buckets, objects, uploads, blobs, close: () => db.close() }
}

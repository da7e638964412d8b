import { randomBytes, randomUUID } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.ts'
import {
  type ObjectDraft,
  type ObjectTable,
  type S3Object,
  type TableParts,
  type Tag,
  type WriteCheck,
  wholeSeconds,
} from './object-table.ts'
import type { Piece } from './piece-table.ts'
import { transaction } from './s3-database.ts'
import { noSuchUpload } from './s3-error.ts'

export interface UploadDraft {
  bucket: string
  key: string
  headers: Record<string, string>
  tags: readonly Tag[]
  checksumAlgorithm: ChecksumAlgorithm | null
  checksumType: ChecksumType | null
}

export interface Upload extends UploadDraft {
  id: string
  initiatedAt: number
}

export interface Part {
  number: number
  id: string
  size: number
  etag: string
  modifiedAt: number
  checksum: Checksum | null
}

export type PartDraft = Pick<Part, 'number' | 'size' | 'etag' | 'checksum'> & { pieces: readonly Piece[] }

type UploadRow = Record<'id' | 'bucket' | 'headers' | 'tags', string> & {
  key: Uint8Array
  initiated_at: number
  checksum_algorithm: ChecksumAlgorithm | null
  checksum_type: ChecksumType | null
}

type PartRow = Record<'id' | 'etag' | 'checksum', string> & Record<'number' | 'size' | 'modified_at', number>

const toUpload = (row: UploadRow): Upload => ({
  id: row.id,
  bucket: row.bucket,
  key: Buffer.from(row.key).toString('utf8'),
  initiatedAt: row.initiated_at,
  headers: JSON.parse(row.headers),
  tags: JSON.parse(row.tags),
  checksumAlgorithm: row.checksum_algorithm,
  checksumType: row.checksum_type,
})

const toPart = ({ number, id, size, etag, modified_at, checksum }: PartRow): Part => ({
  number,
  id,
  size,
  etag,
  modifiedAt: modified_at,
  checksum: JSON.parse(checksum),
})

/** Ids sort by time of creation, as the listing of one key's uploads must. */
const newUploadId = () => Date.now().toString(16).padStart(12, '0') + randomBytes(16).toString('hex')

export class UploadTable {
  #parts: TableParts
  #objects: ObjectTable
  #select: StatementSync
  #next: StatementSync
  #insert: StatementSync
  #delete: StatementSync
  #ofBucket: StatementSync
  #allParts: StatementSync
  #part: StatementSync
  #insertPart: StatementSync
  #deletePart: StatementSync

  constructor(parts: TableParts, objects: ObjectTable) {
    const db: DatabaseSync = parts.db
    this.#parts = parts
    this.#objects = objects
    this.#select = db.prepare('select * from uploads where id = ?')
    this.#next = db.prepare(
      'select * from uploads where bucket = ? and (key, id) >= (?, ?) order by key, id limit 1',
    )
    this.#insert = db.prepare('insert into uploads values (?, ?, ?, ?, ?, ?, ?, ?)')
    this.#delete = db.prepare('delete from uploads where id = ?')
    this.#ofBucket = db.prepare('select id from uploads where bucket = ?')
    this.#allParts = db.prepare('select * from parts where upload = ? order by number')
    this.#part = db.prepare('select id from parts where upload = ? and number = ?')
    this.#insertPart = db.prepare('insert into parts values (?, ?, ?, ?, ?, ?, ?)')
    this.#deletePart = db.prepare('delete from parts where upload = ? and number = ?')
  }

  create(draft: UploadDraft): Upload {
    const { bucket, key, headers, tags, checksumAlgorithm, checksumType } = draft
    this.#parts.buckets.get(bucket)
    const upload = { ...draft, id: newUploadId(), initiatedAt: wholeSeconds() }
    const json = [JSON.stringify(headers), JSON.stringify(tags)]
    const { id, initiatedAt } = upload
    this.#insert.run(id, bucket, Buffer.from(key), initiatedAt, ...json, checksumAlgorithm, checksumType)
    return upload
  }

  get(at: { bucket: string; key: string }, id: string): Upload {
    this.#parts.buckets.get(at.bucket)
    const row = this.#select.get(id) as unknown as UploadRow | undefined
    const upload = row && toUpload(row)
    if (upload?.bucket !== at.bucket || upload.key !== at.key) throw noSuchUpload(id)
    return upload
  }

  atOrAfter(bucket: string, from: Buffer, id: string): Upload | undefined {
    const row = this.#next.get(bucket, from, id) as unknown as UploadRow | undefined
    return row && toUpload(row)
  }

  partsOf(upload: Upload): Part[] {
    return (this.#allParts.all(upload.id) as unknown as PartRow[]).map(toPart)
  }

  piecesOf(part: Part): Piece[] {
    return this.#parts.pieces.of(part.id)
  }

  /** Refused when the upload ended while the part was on its way, so that no part outlives its upload. */
  putPart(upload: Upload, draft: PartDraft): Part {
    const { db, blobs, pieces } = this.#parts
    const { number, size, etag, checksum } = draft
    const part = { number, id: randomUUID(), size, etag, modifiedAt: wholeSeconds(), checksum }
    try {
      const freed = transaction(db, () => {
        this.get(upload, upload.id)
        const old = this.#part.get(upload.id, number) as unknown as { id: string } | undefined
        this.#deletePart.run(upload.id, number)
        const json = JSON.stringify(checksum)
        this.#insertPart.run(upload.id, number, part.id, size, etag, part.modifiedAt, json)
        pieces.add(part.id, draft.pieces)
        return old ? pieces.remove(old.id) : []
      })
      blobs.collect(freed)
      return part
    } catch (error) {
      blobs.collect(draft.pieces.map((piece) => piece.blob))
      throw error
    }
  }

  complete(upload: Upload, draft: ObjectDraft, check: WriteCheck): S3Object {
    const { stored, freed } = transaction(this.#parts.db, () => {
      this.get(upload, upload.id)
      const replaced = this.#objects.replace(upload, draft, check)
      return { stored: replaced.stored, freed: [...replaced.freed, ...this.#drop(upload)] }
    })
    this.#parts.blobs.collect(freed)
    return stored
  }

  abort(upload: Upload): void {
    this.#parts.blobs.collect(transaction(this.#parts.db, () => this.#drop(upload)))
  }

  /** S3 drops the open uploads of a bucket with the bucket. */
  deleteBucket(bucket: string): void {
    const freed = transaction(this.#parts.db, () => {
      this.#parts.buckets.delete(bucket)
      const open = this.#ofBucket.all(bucket) as unknown as { id: string }[]
      return open.flatMap(({ id }) => this.#drop({ id }))
    })
    this.#parts.blobs.collect(freed)
  }

  #drop({ id }: Pick<Upload, 'id'>): string[] {
    const parts = (this.#allParts.all(id) as unknown as PartRow[]).map(toPart)
    this.#delete.run(id)
    for (const { number } of parts) this.#deletePart.run(id, number)
    return parts.flatMap((part) => this.#parts.pieces.remove(part.id))
  }
}

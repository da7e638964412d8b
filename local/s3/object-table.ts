import { randomUUID } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Blobs } from './blobs.ts'
import type { BucketTable } from './bucket-table.ts'
import type { Checksum } from './checksums.ts'
import type { Piece, PieceTable } from './piece-table.ts'
import { transaction } from './s3-database.ts'
import { noSuchKey } from './s3-error.ts'

export interface Tag {
  key: string
  value: string
}

export interface ObjectDraft {
  size: number
  etag: string
  /** the headers that come back with the object: content type, cache control, `x-amz-meta-*`... */
  headers: Record<string, string>
  tags: readonly Tag[]
  checksum: Checksum | null
  pieces: readonly Piece[]
}

export interface S3Object extends Omit<ObjectDraft, 'pieces'> {
  id: string
  key: string
  modifiedAt: number
}

/** Looked at in the transaction of the write, so that of two conditional writes one wins. */
export type WriteCheck = (existing: S3Object | undefined) => void

type Row = Record<'id' | 'etag' | 'headers' | 'tags' | 'checksum', string> & {
  key: Uint8Array
  size: number
  modified_at: number
}

/** S3 keeps modification times in whole seconds, as HTTP dates do. */
export const wholeSeconds = () => Math.floor(Date.now() / 1000) * 1000

const toObject = (row: Row): S3Object => ({
  id: row.id,
  key: Buffer.from(row.key).toString('utf8'),
  size: row.size,
  etag: row.etag,
  modifiedAt: row.modified_at,
  headers: JSON.parse(row.headers),
  tags: JSON.parse(row.tags),
  checksum: JSON.parse(row.checksum),
})

export interface TableParts {
  db: DatabaseSync
  buckets: BucketTable
  pieces: PieceTable
  blobs: Blobs
}

export class ObjectTable {
  #parts: TableParts
  #select: StatementSync
  #next: StatementSync
  #insert: StatementSync
  #delete: StatementSync

  constructor(parts: TableParts) {
    const { db } = parts
    this.#parts = parts
    this.#select = db.prepare('select * from objects where bucket = ? and key = ?')
    this.#next = db.prepare('select * from objects where bucket = ? and key >= ? order by key limit 1')
    this.#insert = db.prepare('insert into objects values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#delete = db.prepare('delete from objects where bucket = ? and key = ?')
  }

  find(bucket: string, key: string): S3Object | undefined {
    const row = this.#select.get(bucket, Buffer.from(key)) as unknown as Row | undefined
    return row && toObject(row)
  }

  get(bucket: string, key: string): S3Object {
    this.#parts.buckets.get(bucket)
    const found = this.find(bucket, key)
    if (!found) throw noSuchKey(key)
    return found
  }

  piecesOf(object: S3Object): Piece[] {
    return this.#parts.pieces.of(object.id)
  }

  /** The first object at or after a key in UTF-8 binary order. */
  atOrAfter(bucket: string, from: Buffer): S3Object | undefined {
    const row = this.#next.get(bucket, from) as unknown as Row | undefined
    return row && toObject(row)
  }

  put(at: { bucket: string; key: string }, draft: ObjectDraft, check: WriteCheck): S3Object {
    const { db, blobs } = this.#parts
    try {
      const { stored, freed } = transaction(db, () => this.replace(at, draft, check))
      blobs.collect(freed)
      return stored
    } catch (error) {
      blobs.collect(draft.pieces.map((piece) => piece.blob))
      throw error
    }
  }

  /** The body of `put`, for a caller that has its own transaction. */
  replace({ bucket, key }: { bucket: string; key: string }, draft: ObjectDraft, check: WriteCheck) {
    this.#parts.buckets.get(bucket)
    const existing = this.find(bucket, key)
    check(existing)
    const freed = this.#drop(bucket, existing)
    const { size, etag, headers, tags, checksum } = draft
    const stored = { id: randomUUID(), key, size, etag, modifiedAt: wholeSeconds(), headers, tags, checksum }
    const json = [headers, tags, checksum].map((value) => JSON.stringify(value))
    this.#insert.run(bucket, Buffer.from(key), stored.id, size, etag, stored.modifiedAt, ...json)
    this.#parts.pieces.add(stored.id, draft.pieces)
    return { stored, freed }
  }

  delete(bucket: string, key: string, check: WriteCheck): void {
    const { db, blobs, buckets } = this.#parts
    const freed = transaction(db, () => {
      buckets.get(bucket)
      const existing = this.find(bucket, key)
      check(existing)
      return this.#drop(bucket, existing)
    })
    blobs.collect(freed)
  }

  #drop(bucket: string, existing: S3Object | undefined): string[] {
    if (!existing) return []
    this.#delete.run(bucket, Buffer.from(existing.key))
    return this.#parts.pieces.remove(existing.id)
  }
}

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { noSuchBucket, S3Error } from './s3-error.ts'

export interface Bucket {
  name: string
  region: string
  createdAt: number
}

export class BucketTable {
  #select: StatementSync
  #all: StatementSync
  #insert: StatementSync
  #delete: StatementSync
  #anyObject: StatementSync

  constructor(db: DatabaseSync) {
    const columns = 'name, region, created_at as createdAt'
    this.#select = db.prepare(`select ${columns} from buckets where name = ?`)
    this.#all = db.prepare(`select ${columns} from buckets order by name`)
    this.#insert = db.prepare('insert into buckets (name, region, created_at) values (?, ?, ?)')
    this.#delete = db.prepare('delete from buckets where name = ?')
    this.#anyObject = db.prepare('select 1 from objects where bucket = ? limit 1')
  }

  get(name: string): Bucket {
    const row = this.find(name)
    if (!row) throw noSuchBucket(name)
    return row
  }

  find(name: string): Bucket | undefined {
    return this.#select.get(name) as unknown as Bucket | undefined
  }

  list(): Bucket[] {
    return this.#all.all() as unknown as Bucket[]
  }

  create(name: string, region: string): void {
    this.#insert.run(name, region, Date.now())
  }

  delete(name: string): void {
    this.get(name)
    if (this.#anyObject.get(name)) {
      throw new S3Error('BucketNotEmpty', `bucket ${name} still holds objects; delete them first`, {
        fields: { BucketName: name },
      })
    }
    this.#delete.run(name)
  }
}

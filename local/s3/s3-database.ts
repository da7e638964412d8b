import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

// Keys are blobs: S3 lists in UTF-8 binary order, and a key may hold a NUL.
const schema = `
create table if not exists buckets (
  name text primary key, region text not null, created_at integer not null) strict, without rowid;
create table if not exists objects (
  bucket text not null, key blob not null, id text not null, size integer not null, etag text not null,
  modified_at integer not null, headers text not null, tags text not null, checksum text not null,
  primary key (bucket, key)) strict, without rowid;
create table if not exists uploads (
  id text primary key, bucket text not null, key blob not null, initiated_at integer not null,
  headers text not null, tags text not null, checksum_algorithm text, checksum_type text) strict, without rowid;
create index if not exists uploads_by_key on uploads (bucket, key, id);
create table if not exists parts (
  upload text not null, number integer not null, id text not null, size integer not null, etag text not null,
  modified_at integer not null, checksum text not null, primary key (upload, number)) strict, without rowid;
create table if not exists pieces (
  owner text not null, seq integer not null, blob text not null, offset integer not null, size integer not null,
  primary key (owner, seq)) strict, without rowid;
create index if not exists pieces_by_blob on pieces (blob);
`

/** Opens the metadata of one data folder for this process alone; the lock ends with the process. */
export function openDatabase(dataDir: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dataDir, { recursive: true })
    db = new DatabaseSync(join(dataDir, 's3.sqlite'))
    db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal')
    transaction(db, () => db?.exec(schema))
    return db
  } catch (cause) {
    db?.close()
    const reason = cause instanceof Error ? cause.message : String(cause)
    const advice = /locked/.test(reason) ? 'stop the other process that uses it' : 'repair or remove it'
    throw new Error(`the S3 data folder ${dataDir} cannot be opened (${reason}); ${advice}`, { cause })
  }
}

/** The commit is the moment a write becomes visible: a kill before it leaves everything as it was. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate')
  try {
    const result = work()
    db.exec('commit')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

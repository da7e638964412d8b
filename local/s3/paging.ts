import { S3Error } from './s3-error.ts'
import { numberParameter, type S3Request } from './s3-request.ts'

/** Where a listing goes on: the first entry at or after this key (and, among uploads of one key, this id). */
export interface Cursor {
  key: Buffer
  id: string
}

export interface PageQuery {
  prefix: string
  delimiter: string
  max: number
  from: Cursor
}

export interface Page<T> {
  items: T[]
  prefixes: string[]
  /** undefined on the last page */
  next: Cursor | undefined
}

interface Source<T> {
  atOrAfter(cursor: Cursor): T | undefined
  after(item: T): Cursor
}

export const atKey = (key: string): Cursor => ({ key: Buffer.from(key), id: '' })
export const afterKey = (key: string): Cursor => atKey(`${key}\0`)

/** 0xff is in no UTF-8 text, so that the last byte can always be raised. */
function afterPrefix(prefix: string): Cursor {
  const key = Buffer.from(prefix)
  key[key.length - 1] = (key.at(-1) ?? 0) + 1
  return { key, id: '' }
}

function commonPrefix(key: string, { prefix, delimiter }: Pick<PageQuery, 'prefix' | 'delimiter'>) {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return end < 0 ? undefined : key.slice(0, end + delimiter.length)
}

export function listPage<T extends { key: string }>(query: PageQuery, source: Source<T>): Page<T> {
  const start = Buffer.from(query.prefix)
  let cursor = Buffer.compare(query.from.key, start) < 0 ? { key: start, id: '' } : query.from
  const page: Page<T> = { items: [], prefixes: [], next: undefined }
  for (let count = 0; ; count += 1) {
    const item = source.atOrAfter(cursor)
    if (!item?.key.startsWith(query.prefix)) return page
    if (count === query.max) return query.max === 0 ? page : { ...page, next: cursor }
    const group = commonPrefix(item.key, query)
    if (group === undefined) page.items.push(item)
    else page.prefixes.push(group)
    cursor = group === undefined ? source.after(item) : afterPrefix(group)
  }
}

const maxPage = 1000

export const pageSize = (request: S3Request, parameter: string) =>
  Math.min(numberParameter(request, parameter, maxPage), maxPage)

/** With `encoding-type=url` names are percent-encoded, all but the slash. */
export function nameEncoder({ query }: S3Request): (name: string) => string {
  const type = query.get('encoding-type')
  if (type === null) return (name) => name
  if (type !== 'url') throw new S3Error('InvalidArgument', `encoding-type must be url, got ${type}`)
  return (name) => encodeURIComponent(name).replaceAll('%2F', '/')
}

import { S3Error } from './s3-error.ts'

export interface Range {
  start: number
  length: number
}

/** The range of a read; undefined means the whole object, as for a header that cannot be understood. */
export function parseRange(header: string | undefined, size: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const [first, last] = [match[1] ?? '', match[2] ?? '']
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  if (start < end) return { start, length: end - start }
  throw new S3Error('InvalidRange', `the object has ${size} bytes and ${header} is outside`, {
    fields: { RangeRequested: header ?? '', ActualObjectSize: size },
    headers: { 'content-range': `bytes */${size}` },
  })
}

export const rangeHeader = ({ start, length }: Range, size: number) =>
  `bytes ${start}-${start + length - 1}/${size}`

/** A copied part names its first and last byte; both must be in the source. */
export function parseCopyRange(header: string | undefined, size: number): Range | undefined {
  if (header === undefined) return undefined
  const match = /^bytes=(\d+)-(\d+)$/.exec(header)
  const [start, end] = [Number(match?.[1]), Number(match?.[2])]
  if (match && start <= end && end < size) return { start, length: end - start + 1 }
  throw new S3Error('InvalidArgument', `range ${header} is not valid for a source of ${size} bytes`, {
    fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
  })
}

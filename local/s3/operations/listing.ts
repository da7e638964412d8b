import type { S3Object } from '../object-table.ts'
import { afterKey, atKey, type Cursor, listPage, nameEncoder, pageSize } from '../paging.ts'
import type { Handler, S3Data } from '../s3-data.ts'
import { S3Error } from '../s3-error.ts'
import type { S3Request } from '../s3-request.ts'
import { toXml } from '../xml.ts'

const entry = (object: S3Object, encode: (name: string) => string) => ({
  Key: encode(object.key),
  LastModified: new Date(object.modifiedAt).toISOString(),
  ETag: `"${object.etag}"`,
  ...(object.checksum
    ? { ChecksumAlgorithm: object.checksum.algorithm, ChecksumType: object.checksum.type }
    : {}),
  Size: object.size,
  StorageClass: 'STANDARD',
})

function readPage(request: S3Request, { buckets, objects }: S3Data, from: Cursor) {
  const { bucket, query } = request
  buckets.get(bucket)
  const encode = nameEncoder(request)
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const max = pageSize(request, 'max-keys')
  const page = listPage(
    { prefix, delimiter, max, from },
    {
      atOrAfter: ({ key }) => objects.atOrAfter(bucket, key),
      after: (object: S3Object) => afterKey(object.key),
    },
  )
  const common = {
    Name: bucket,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxKeys: max,
    EncodingType: query.get('encoding-type') ?? undefined,
    IsTruncated: page.next !== undefined,
    CommonPrefixes: page.prefixes.map((name) => ({ Prefix: encode(name) })),
  }
  return { page, common, encode }
}

function fromToken(token: string): Cursor {
  const key = Buffer.from(token, 'base64url')
  if (token !== '' && key.toString('base64url') === token) return { key, id: '' }
  throw new S3Error('InvalidArgument', 'the continuation token is not one this server gave', {
    fields: { ArgumentName: 'continuation-token' },
  })
}

export const listObjectsV2: Handler = (request, data) => {
  const { query } = request
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const from = token !== null ? fromToken(token) : startAfter ? afterKey(startAfter) : atKey('')
  const { page, common, encode } = readPage(request, data, from)
  return {
    body: toXml('ListBucketResult', {
      ...common,
      KeyCount: page.items.length + page.prefixes.length,
      StartAfter: startAfter === null ? undefined : encode(startAfter),
      ContinuationToken: token ?? undefined,
      NextContinuationToken: page.next?.key.toString('base64url'),
      Contents: page.items.map((object) => entry(object, encode)),
    }),
  }
}

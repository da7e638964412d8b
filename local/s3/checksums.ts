import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc64nvme } from './crc64.ts'
import { S3Error } from './s3-error.ts'

export type ChecksumAlgorithm = 'CRC32' | 'CRC64NVME' | 'SHA256'
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  algorithm: ChecksumAlgorithm
  value: string
  type: ChecksumType
}

const algorithms: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC64NVME', 'SHA256']

export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const found = algorithms.find((algorithm) => algorithm === name.toUpperCase())
  if (found) return found
  throw new S3Error(
    'NotImplemented',
    `checksum ${name} is not known here; use one of ${algorithms.join(', ')}`,
  )
}

export const checksumHeader = (algorithm: ChecksumAlgorithm) => `x-amz-checksum-${algorithm.toLowerCase()}`

interface Digest {
  update(chunk: Uint8Array): void
  base64(): string
}

export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  if (algorithm === 'CRC32') {
    let sum = 0
    return {
      update: (chunk) => {
        sum = crc32(chunk, sum)
      },
      base64: () => {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(sum)
        return bytes.toString('base64')
      },
    }
  }
  if (algorithm === 'CRC64NVME') return crc64nvme()
  const hash = createHash(algorithm.toLowerCase())
  return { update: (chunk) => void hash.update(chunk), base64: () => hash.digest('base64') }
}

/** The checksum of a multipart object: that of its parts' checksums, with their number. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): Checksum {
  const digest = createDigest(algorithm)
  for (const part of parts) digest.update(Buffer.from(part, 'base64'))
  return { algorithm, value: `${digest.base64()}-${parts.length}`, type: 'COMPOSITE' }
}

export function checksumHeaders(checksum: Checksum | null): Record<string, string> {
  if (!checksum) return {}
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
}

export const checksumFields = (checksum: Checksum | null): Record<string, string> =>
  checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value } : {}

/** The algorithm a request's headers ask for: by a value, by an announced trailer or by name. */
export function requestedAlgorithm(headers: Record<string, string>): ChecksumAlgorithm | undefined {
  const prefix = 'x-amz-checksum-'
  const about = [`${prefix}mode`, `${prefix}type`, `${prefix}algorithm`]
  const valued = Object.keys(headers).find((name) => name.startsWith(prefix) && !about.includes(name))
  const trailer = headers['x-amz-trailer']?.split(',').find((name) => name.trim().startsWith(prefix))
  const named = headers['x-amz-checksum-algorithm'] ?? headers['x-amz-sdk-checksum-algorithm']
  const name = (valued ?? trailer?.trim())?.slice(prefix.length) ?? named
  return name === undefined ? undefined : checksumAlgorithm(name)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html has the table. */
export function multipartType(algorithm: ChecksumAlgorithm, asked: string | undefined): ChecksumType {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  if (type === 'COMPOSITE' && algorithm !== 'CRC64NVME') return type
  if (type === 'FULL_OBJECT' && algorithm.startsWith('CRC')) return type
  throw new S3Error('InvalidRequest', `a multipart ${algorithm} cannot be of type ${type}`)
}

import { S3Error } from './s3-error.ts'

const maxLine = 16 * 1024

const incomplete = () =>
  new S3Error('IncompleteBody', 'the body ended inside an aws-chunked frame; send it again')

class ByteReader {
  #source: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done) return false
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value])
    return true
  }

  /** The text up to the next CRLF; undefined at the end of the body. */
  async line(): Promise<string | undefined> {
    let end = this.#rest.indexOf('\r\n')
    while (end < 0) {
      if (this.#rest.length > maxLine)
        throw new S3Error('InvalidRequest', 'an aws-chunked header is too long')
      if (!(await this.#more())) return undefined
      end = this.#rest.indexOf('\r\n')
    }
    const line = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 2)
    return line
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    let left = size
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw incomplete()
      const piece = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(piece.length)
      left -= piece.length
      if (piece.length > 0) yield piece
    }
  }
}

function chunkSize(header: string | undefined): number {
  if (header === undefined) throw incomplete()
  const digits = header.split(';', 1)[0] ?? ''
  if (/^[0-9a-f]{1,10}$/i.test(digits)) return Number.parseInt(digits, 16)
  throw new S3Error('InvalidRequest', 'an aws-chunked header must start with a size in hex')
}

/**
 * The payload of an `aws-chunked` body, signed or not; trailers are put into the given map.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export async function* decodeChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(source)
  for (let size = chunkSize(await reader.line()); size > 0; size = chunkSize(await reader.line())) {
    yield* reader.take(size)
    if ((await reader.line()) !== '') throw incomplete()
  }
  for (let line = await reader.line(); line; line = await reader.line()) {
    const colon = line.indexOf(':')
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
}

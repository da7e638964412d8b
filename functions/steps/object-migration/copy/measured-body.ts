import { createHash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { ObjectError } from '../store/faults.ts'

/**
 * Passes a body on and lets none through that is longer, shorter or another than expected: its last bytes are held
 * back until all is known, and a store cannot make an object of a body that is not whole.
 */
export class MeasuredBody extends Transform {
  readonly #size: number
  readonly #expected: string | null
  readonly #hash = createHash('md5')
  #seen = 0
  #held: Buffer | undefined
  #md5 = ''

  /** `md5` in hex, or null where it is not known. */
  constructor(size: number, md5: string | null) {
    super()
    this.#size = size
    this.#expected = md5
  }

  /** Of the whole body, in hex. */
  get md5(): string {
    return this.#md5
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#seen += chunk.length
    if (this.#seen > this.#size) {
      done(tooLong(this.#size))
      return
    }
    this.#hash.update(chunk)
    const before = this.#held
    this.#held = chunk
    done(null, before)
  }

  override _flush(done: TransformCallback): void {
    done(this.#fault(), this.#held)
  }

  #fault(): Error | null {
    if (this.#seen < this.#size) return tooShort(this.#seen, this.#size)
    this.#md5 = this.#hash.digest('hex')
    const isExpected = this.#expected === null || this.#expected === this.#md5
    return isExpected ? null : otherBytes(this.#md5, this.#expected)
  }
}

/** Reads a body into memory, under the same conditions. */
export async function readBody(
  body: AsyncIterable<Buffer>,
  { size, md5 }: { size: number; md5: string | null },
): Promise<{ bytes: Buffer; md5: string }> {
  const measured = new MeasuredBody(size, md5)
  const chunks: Buffer[] = []
  const source = body as unknown as NodeJS.ReadableStream
  source.on('error', (error) => measured.destroy(error))
  source.pipe(measured)
  for await (const chunk of measured) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), md5: measured.md5 }
}

const tooLong = (size: number): Error =>
  new ObjectError('refused', `the source answers more than the ${size} bytes that it was asked for`)

/** A connection that broke off looks the same: it is tried again. */
const tooShort = (seen: number, size: number): Error =>
  Object.assign(new Error(`the answer of the source ended after ${seen} of ${size} bytes`), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  })

const otherBytes = (md5: string, expected: string | null): Error =>
  new ObjectError('refused', `what the source answers has the MD5 ${md5}, its ETag says ${expected}`)

import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'

/** A body of which nothing comes for so long has broken off; in ms. */
const STALLED_MS = 60_000

/**
 * An answer's body whose errors are those of its call, and that never stalls for ever: an answer's time-out is over
 * with its first byte. Only the wait for the store counts, not that of a slow reader.
 */
export function watchedBody(body: Readable, errorOf: (cause: unknown) => Promise<unknown>) {
  const watched = Readable.from(chunksOf(body, errorOf), { objectMode: false })
  watched.on('close', () => body.destroy())
  return Object.assign(watched, {
    transformToByteArray: (): Promise<Uint8Array> => buffer(watched),
    transformToString: (): Promise<string> => text(watched),
  })
}

async function* chunksOf(body: Readable, errorOf: (cause: unknown) => Promise<unknown>) {
  const chunks = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await inTime(chunks.next())
      if (done) return
      yield value as Buffer
    }
  } catch (error) {
    throw await errorOf(error)
  }
}

async function inTime<Result>(next: Promise<Result>): Promise<Result> {
  const { promise: stalled, reject } = Promise.withResolvers<never>()
  const message = `nothing more of the body within ${STALLED_MS / 1000} s`
  const timer = setTimeout(
    () => reject(Object.assign(new Error(message), { name: 'TimeoutError' })),
    STALLED_MS,
  )
  try {
    return await Promise.race([next, stalled])
  } finally {
    clearTimeout(timer)
  }
}

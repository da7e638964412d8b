import type { IncomingMessage } from 'node:http'

/** The body of a request, or its size where that is over the limit. */
export type HttpBody = { bytes: Buffer } | { tooLarge: number }

/** What is over the limit is read and dropped, so that the refusal reaches a client that is still sending. */
export async function readHttpBody(req: IncomingMessage, limit: number): Promise<HttpBody> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size <= limit ? { bytes: Buffer.concat(chunks) } : { tooLarge: size }
}

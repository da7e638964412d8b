import { Readable } from 'node:stream'
import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-s3'
import type { S3Command } from '../store/send.ts'
import { isAscii, type KeptHeaders, utf8Of } from './headers.ts'

type HttpRequest = { headers: Record<string, string>; body?: unknown }

/**
 * Sends headers byte for byte. The SDK's own fields would parse them (`Expires`), and would sign Latin-1 as UTF-8.
 * So ASCII is signed as it is, and metadata beyond it as the text that its bytes are. Other headers beyond ASCII
 * need no signature and get none.
 */
export function withHeaders<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  command: S3Command<Input, Output>,
  headers: KeptHeaders,
): S3Command<Input, Output> {
  const beyond = Object.entries(headers).filter(([, value]) => !isAscii(value))
  const texts = beyond
    .filter(([name]) => name.startsWith('x-amz-'))
    .map(([name, value]) => [name, utf8Of(value) ?? value])
  const ascii = Object.entries(headers).filter(([, value]) => isAscii(value))
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as HttpRequest).headers, Object.fromEntries([...ascii, ...texts]))
      return next(args)
    },
    { step: 'build', name: 'keptHeaders' },
  )
  if (beyond.length === 0) return command
  command.middlewareStack.add(
    (next) => (args) => {
      asBytes(args.request as HttpRequest, Object.fromEntries(beyond))
      return next(args)
    },
    // after the signature
    { step: 'finalizeRequest', priority: 'low', name: 'keptBytes' },
  )
  return command
}

/**
 * Node writes headers as UTF-8 where it sends them ahead of the body (`Expect`) or together with a body in one
 * piece, and re-encodes a Content-Disposition that follows the Content-Length. As it is here they stay Latin-1.
 */
function asBytes(request: HttpRequest, beyond: KeptHeaders): void {
  const others = Object.entries(request.headers).filter(
    ([name]) => name.toLowerCase() !== 'expect' && !(name in beyond),
  )
  request.headers = { ...beyond, ...Object.fromEntries(others) }
  if (request.body instanceof Uint8Array) request.body = Readable.from([request.body])
}

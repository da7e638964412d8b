import { tagged } from '../middleware/etag.ts'
import type { HttpAnswer, HttpRequest } from '../middleware/http-door.ts'

// Made from the schemas when they change, and read on demand: what answers jobs carries neither the text nor its making.

export async function showOpenApi(request: HttpRequest): Promise<HttpAnswer> {
  const { default: document } = await import('#docs/openapi.json', { with: { type: 'json' } })
  return tagged(request, document)
}

export async function showAsyncApi(request: HttpRequest): Promise<HttpAnswer> {
  const { default: document } = await import('#docs/asyncapi.json', { with: { type: 'json' } })
  return tagged(request, document)
}

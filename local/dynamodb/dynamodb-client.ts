import { Agent, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { AwsError } from '#local/types.ts'

export type Json = Record<string, unknown>

export interface DynamoDb {
  call<T extends Json>(operation: string, input: Json): Promise<T>
  streams<T extends Json>(operation: string, input: Json): Promise<T>
  close(): void
}

const DYNAMODB = 'DynamoDB_20120810'
const STREAMS = 'DynamoDBStreams_20120810'
// Emulators look at the form of the signature only.
const SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'

/** The few calls the runtime itself makes; the endpoint is asked for each time, as it moves on a restart. */
export function createDynamoDb(endpoint: () => Promise<URL>): DynamoDb {
  const agent = new Agent({ keepAlive: true })
  const send = async <T extends Json>(target: string, input: Json): Promise<T> => {
    const { status, body } = await post({ agent, url: await endpoint(), target, body: JSON.stringify(input) })
    const answer = parse(body)
    if (status < 300) return answer as T
    const code = String(answer.__type ?? 'InternalServerError').replace(/^.*#/, '')
    throw new AwsError(code, String(answer.message ?? answer.Message ?? body), { status })
  }
  return {
    call: (operation, input) => send(`${DYNAMODB}.${operation}`, input),
    streams: (operation, input) => send(`${STREAMS}.${operation}`, input),
    close: () => agent.destroy(),
  }
}

type Post = { agent: Agent; url: URL; target: string; body: string }

function post({ agent, url, target, body }: Post): Promise<{ status: number; body: string }> {
  const headers = {
    'x-amz-target': target,
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amz-date': '20200101T000000Z',
    authorization: SIGNATURE,
  }
  const secure = url.protocol === 'https:'
  const send = secure ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const req = send(url, { method: 'POST', headers, ...(!secure && { agent }) }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk))
      res.on('end', () => resolve({ status: res.statusCode ?? 500, body: Buffer.concat(chunks).toString() }))
      res.on('error', reject)
    })
    req.on('error', reject)
    req.end(body)
  })
}

function parse(body: string): Json {
  try {
    return JSON.parse(body) as Json
  } catch {
    return { message: body.slice(0, 300) }
  }
}

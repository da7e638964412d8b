import type { IncomingMessage, ServerResponse } from 'node:http'
import { userInfo } from 'node:os'
import { LOCAL_ACCOUNT } from '#local/types.ts'
import { readBody, sendError } from './json-service.ts'

/** Whether a request speaks the AWS query protocol. */
export function isQuery(req: IncomingMessage): boolean {
  const type = req.headers['content-type'] ?? ''
  return req.method === 'POST' && req.url === '/' && type.startsWith('application/x-www-form-urlencoded')
}

/** STS: who am I. */
export async function serveSts(req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const action = new URLSearchParams(await readBody(req)).get('Action')
    const known = action === 'GetCallerIdentity'
    const body = known ? identity() : unknownAction(action)
    res.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(body)
  } catch (error) {
    sendError(res, error)
  }
}

function identity(): string {
  const user = userInfo().username
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
<Arn>arn:aws:iam::${LOCAL_ACCOUNT}:user/${xmlText(user)}</Arn><UserId>${xmlText(user)}</UserId>\
<Account>${LOCAL_ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
}

function unknownAction(action: string | null): string {
  const message = `the action ${action} is not run here; there is GetCallerIdentity`
  return `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidAction</Code>\
<Message>${xmlText(message)}</Message></Error></ErrorResponse>`
}

function xmlText(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`)
}

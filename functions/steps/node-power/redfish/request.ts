import { HostRefused } from '../../reach/hosts.ts'
import { type Answer, ask, NoAnswer, type Request } from '../../reach/request.ts'
import { BmcError, BmcRefusal, NotReached } from '../power/driver.ts'

export type BmcAnswer = Answer
export type BmcRequest = Request & { method: 'GET' | 'POST' | 'DELETE' }

const HEADERS = { 'odata-version': '4.0' }

/** One request, never redirected. @throws BmcRefusal where its host may not be reached, NotReached, BmcError */
export async function askBmc(asked: BmcRequest): Promise<BmcAnswer> {
  try {
    return await ask({ ...asked, headers: { ...HEADERS, ...asked.headers } })
  } catch (error) {
    if (error instanceof HostRefused) throw new BmcRefusal(error.message)
    if (!(error instanceof NoAnswer)) throw error
    const { message, sent, cause } = error
    throw sent ? new BmcError(message, { cause }) : new NotReached(message, { cause })
  }
}

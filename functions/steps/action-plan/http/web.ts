import type { Answer, Request } from '../../reach/request.ts'

/** Hosts that the stack allows, and secrets that hold headers. */
export interface Web {
  /** @throws HostRefused, NoAnswer, the reason of the signal */
  ask(request: Omit<Request, 'rules'>): Promise<Answer>
  /** Names and values of headers. @throws SecretRefused, SecretAway */
  headersIn(secret: string): Promise<Record<string, string>>
}

/** The secret cannot be read, or is not in the form that is documented. */
export class SecretRefused extends Error {
  override readonly name = 'SecretRefused'
}

/** The secret cannot be read for now. */
export class SecretAway extends Error {
  override readonly name = 'SecretAway'
}

import { randomBytes } from 'node:crypto'
import { AwsError } from '#local/types.ts'

export type TokenHolder = {
  succeed(output: unknown): void
  fail(error: string | undefined, cause: string | undefined): void
  beat(): void
}

export type Tokens = {
  /** A new token for the execution; `forget` it when its task is over. */
  issue(executionArn: string): string
  hold(token: string, holder: TokenHolder): void
  forget(token: string): void
  /** The task that waits for this token, or the error AWS gives. */
  find(token: unknown): TokenHolder
}

/** `known` tells whether an execution exists, so that a token that ended is told from one never given. */
export function createTokens(known: (executionArn: string) => boolean): Tokens {
  const holders = new Map<string, TokenHolder>()
  const wasIssued = (token: string) => {
    const [arn] = Buffer.from(token, 'base64url').toString().split(' ')
    return arn !== undefined && known(arn)
  }
  return {
    issue: (arn) => Buffer.from(`${arn} ${randomBytes(16).toString('hex')}`).toString('base64url'),
    hold: (token, holder) => void holders.set(token, holder),
    forget: (token) => void holders.delete(token),
    find(token) {
      const holder = typeof token === 'string' ? holders.get(token) : undefined
      if (holder) return holder
      if (typeof token === 'string' && wasIssued(token)) {
        throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
      }
      throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'")
    },
  }
}

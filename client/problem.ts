import type { InvalidPart } from '#core/errors.ts'

/** The API refused a request, or could not do it: RFC 9457, whoever in front of it answered. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly title: string
  readonly detail: string
  /** One JSON pointer for each fault of the request. */
  readonly errors: InvalidPart[]
  /** All that the problem says, as the job's `state` or the `supported` modes. */
  readonly facts: Record<string, unknown>

  constructor(status: number, facts: Record<string, unknown>) {
    const { title, detail, message, errors } = facts
    const shown = typeof title === 'string' ? title : `The API answered ${status}`
    // API Gateway itself says `message`.
    const told = [detail, message].find((text) => typeof text === 'string') ?? ''
    super(told ? `${shown}: ${told}` : shown)
    this.status = status
    this.title = shown
    this.detail = told as string
    this.errors = Array.isArray(errors) ? errors : []
    this.facts = facts
  }
}

/** Nothing answered at the endpoint: `cause` says why. */
export class ApiUnreachable extends Error {
  override readonly name = 'ApiUnreachable'
  readonly endpoint: string

  constructor(endpoint: string, cause: unknown) {
    super(`nothing answers at ${endpoint || 'the API'}`, { cause })
    this.endpoint = endpoint
  }
}

import { ApiProblem, ApiUnreachable } from '#client/problem.ts'
import { blankControl } from '#core/text/control.ts'

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  ended: 5,
  cleanUpFailed: 6,
  timeout: 124,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What the caller is told, and with which code the process ends. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: ExitCode
  /** What to do next. */
  readonly hint: string | null

  constructor(message: string, { code = EXIT.failed, hint }: { code?: ExitCode; hint?: string } = {}) {
    super(message)
    this.code = code
    this.hint = hint ?? null
  }
}

export type Failure = { code: ExitCode; message: string; hint: string | null }

const BY_STATUS: Record<number, ExitCode> = {
  400: EXIT.usage,
  401: EXIT.denied,
  403: EXIT.denied,
  404: EXIT.notFound,
  409: EXIT.ended,
  422: EXIT.usage,
}

export const codeOfStatus = (status: number): ExitCode => BY_STATUS[status] ?? EXIT.failed

const DOWN = 'start it with npm start, or name another one with --api-url or --stack'
const DENIED = 'see who you are with standdown doctor'

export function failureOf(error: unknown): Failure {
  if (error instanceof CliError) {
    return { code: error.code, message: error.message, hint: error.hint }
  }
  if (error instanceof ApiUnreachable)
    return { code: EXIT.failed, message: `the API is not there: ${error.message}`, hint: DOWN }
  if (error instanceof ApiProblem) {
    const code = codeOfStatus(error.status)
    return { code, message: blankControl(error.message), hint: code === EXIT.denied ? DENIED : null }
  }
  return { code: EXIT.failed, message: error instanceof Error ? error.message : String(error), hint: null }
}

import { PlaybookRefused, RunCommandUnavailable } from '../errors.ts'

type SdkError = {
  name?: string
  message?: string
  code?: string
  $metadata?: { httpStatusCode?: number }
}

const THROTTLED = ['ThrottlingException', 'Throttling', 'RequestLimitExceeded', 'TooManyRequestsException']
/** The connection was never made: nothing can have been asked. */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

export const isThrottled = ({ name = '', $metadata }: SdkError): boolean =>
  THROTTLED.includes(name) || $metadata?.httpStatusCode === 429

/** What Systems Manager answered for good: no repeat changes it. */
const isRefusal = (error: SdkError): boolean => {
  const status = error.$metadata?.httpStatusCode ?? 0
  return status >= 400 && status < 500 && status !== 408 && !isThrottled(error)
}

/** It was certainly not done, and may be asked again. */
export const isUndone = (error: SdkError): boolean =>
  isThrottled(error) || (error.code !== undefined && NOT_CONNECTED.includes(error.code))

/** The call's error, by what it means to a step. */
export function namedFault(call: string, error: unknown): Error {
  const { name, message } = error as SdkError
  const what = `${call}: ${name}: ${message}`
  if (isRefusal(error as SdkError)) {
    return new PlaybookRefused(`Systems Manager refuses ${what}`, { cause: error })
  }
  return new RunCommandUnavailable(`Systems Manager does not answer ${what}`, { cause: error })
}

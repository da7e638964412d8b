import { blankControl } from './control.ts'

/**
 * Text that came from elsewhere, as it may be kept and shown: without control characters, which could steer
 * a terminal, whole in Unicode, which DynamoDB insists on, and at most `max` characters long.
 */
export function plainText(text: string, max: number): string {
  const plain = blankControl(text.toWellFormed())
  return plain.length <= max ? plain : `${plain.slice(0, max - 1).toWellFormed()}…`
}

const MESSAGE = /"errorMessage"\s*:\s*("(?:[^"\\]|\\(?:["\\/bfnrt]|u[\da-f]{4}))*)/i

/**
 * What a Lambda's error says: Step Functions keeps it as JSON, with a stack trace that is nobody's business, and
 * cuts it after 32,768 characters, in the middle of whatever is there.
 */
export function messageOfCause(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown }
    return typeof errorMessage === 'string' ? errorMessage : cause
  } catch {
    const begun = cause.trimStart().startsWith('{') ? MESSAGE.exec(cause)?.[1] : undefined
    return begun === undefined ? cause : (JSON.parse(`${begun}"`) as string)
  }
}

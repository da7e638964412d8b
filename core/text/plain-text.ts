import { blankControl } from './control.ts'

/**
 * Text that came from elsewhere, as it may be kept and shown: without control characters, which could steer
 * a terminal, whole in Unicode, which DynamoDB insists on, and at most `max` characters long.
 */
export function plainText(text: string, max: number): string {
  const plain = blankControl(text.toWellFormed())
  return plain.length <= max ? plain : `${plain.slice(0, max - 1).toWellFormed()}…`
}

/** What a Lambda's error says: Step Functions keeps it as JSON, with a stack trace that is nobody's business. */
export function messageOfCause(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown }
    return typeof errorMessage === 'string' ? errorMessage : cause
  } catch {
    return cause
  }
}

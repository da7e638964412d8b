import { AwsError } from '#local/types.ts'

export type Input = Record<string, unknown>

export function text(input: Input, field: string): string {
  const value = input[field]
  if (typeof value === 'string' && value !== '') return value
  throw new AwsError(
    'ValidationException',
    `'${field}' must be a string, but is ${JSON.stringify(value) ?? 'missing'}`,
  )
}

export function optionalText(input: Input, field: string): string | undefined {
  return input[field] === undefined || input[field] === null ? undefined : textOrEmpty(input, field)
}

function textOrEmpty(input: Input, field: string): string {
  return input[field] === '' ? '' : text(input, field)
}

export function arn(input: Input, field: string): string {
  const value = text(input, field)
  if (/^arn:aws[\w-]*:states:/.test(value)) return value
  throw new AwsError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${value}'`)
}

export function pageSize(input: Input): number {
  const given = input.maxResults ?? 0
  if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= 1000) return given || 100
  throw new AwsError(
    'ValidationException',
    `'maxResults' must be between 0 and 1000, but is ${JSON.stringify(given)}`,
  )
}

/** The numbers that an earlier answer put into its nextToken. */
export function readToken(input: Input, count: number): number[] | undefined {
  const token = optionalText(input, 'nextToken')
  if (token === undefined) return undefined
  const numbers = Buffer.from(token, 'base64url').toString().split(' ').map(Number)
  if (numbers.length === count && numbers.every(Number.isSafeInteger)) return numbers
  throw new AwsError('InvalidToken', `Invalid Token: '${token}' was not given by this operation`)
}

export function writeToken(...numbers: number[]): string {
  return Buffer.from(numbers.join(' ')).toString('base64url')
}

import { AwsError } from '#local/types.ts'
import { DATA_LIMIT } from '../flow.ts'
import { type Input, optionalText, text } from './request-fields.ts'
import type { Service } from './service.ts'

export function sendTaskSuccess({ tokens }: Service, input: Input) {
  const holder = tokens.find(text(input, 'taskToken'))
  holder.succeed(parseOutput(text(input, 'output')))
  return {}
}

export function sendTaskFailure({ tokens }: Service, input: Input) {
  const holder = tokens.find(text(input, 'taskToken'))
  holder.fail(optionalText(input, 'error'), optionalText(input, 'cause'))
  return {}
}

export function sendTaskHeartbeat({ tokens }: Service, input: Input) {
  tokens.find(text(input, 'taskToken')).beat()
  return {}
}

function parseOutput(output: string): unknown {
  if (Buffer.byteLength(output) > DATA_LIMIT) {
    throw new AwsError('InvalidOutput', `Invalid Output: 'more than ${DATA_LIMIT} bytes'`)
  }
  try {
    return JSON.parse(output)
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`)
  }
}

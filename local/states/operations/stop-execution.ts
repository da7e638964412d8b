import { AwsError } from '#local/types.ts'
import { seconds } from '../description.ts'
import { type Input, optionalText } from './request-fields.ts'
import { findExecution, type Service } from './service.ts'

/** On an execution that has ended, AWS answers with the date of that end and changes nothing. */
export function stopExecution(service: Service, input: Input) {
  const { arn: executionArn } = findExecution(service, input)
  const [error, cause] = [optionalText(input, 'error'), optionalText(input, 'cause')]
  if ((error?.length ?? 0) > 256) throw new AwsError('ValidationException', `'error' is longer than 256`)
  if ((cause?.length ?? 0) > 32_768) throw new AwsError('ValidationException', `'cause' is longer than 32768`)
  service.executions.end(executionArn, { status: 'ABORTED', error, cause })
  return { stopDate: seconds(findExecution(service, input).stop_ms ?? Date.now()) }
}

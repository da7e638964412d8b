import { AwsError } from '#local/types.ts'

export type Input = Record<string, unknown>

const NODE = /^(i-(\w{8}|\w{17})|mi-\w{17})$/
const MAX_NODES = 50
const MAX_TARGETS = 5

export type SendRequest = {
  document: string
  comment: string
  parameters: Record<string, string[]>
  instanceIds: string[]
  targets: { Key: string; Values: string[] }[]
  timeoutSeconds: number
  maxConcurrency: string
  maxErrors: string
}

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message)

/** What SendCommand is asked for. @throws AwsError, as AWS names it */
export function readSend(input: Input): SendRequest {
  const comment = text(input, 'Comment') ?? ''
  if (comment.length > 100) throw invalid('Comment has at most 100 characters')
  const { TimeoutSeconds: timeoutSeconds = 3_600 } = input
  if (
    !Number.isInteger(timeoutSeconds) ||
    Number(timeoutSeconds) < 30 ||
    Number(timeoutSeconds) > 2_592_000
  ) {
    throw invalid('TimeoutSeconds is a whole number from 30 to 2592000')
  }
  return {
    document: needed(input, 'DocumentName').split(':document/').at(-1)!,
    comment,
    parameters: readParameters(input.Parameters),
    ...readTargets(input),
    timeoutSeconds: Number(timeoutSeconds),
    maxConcurrency: text(input, 'MaxConcurrency') ?? '50',
    maxErrors: text(input, 'MaxErrors') ?? '0',
  }
}

function readTargets(input: Input): Pick<SendRequest, 'instanceIds' | 'targets'> {
  const instanceIds = (input.InstanceIds ?? []) as string[]
  const targets = (input.Targets ?? []) as SendRequest['targets']
  if ((instanceIds.length === 0) === (targets.length === 0)) {
    throw invalid('give one of InstanceIds and Targets')
  }
  if (instanceIds.length > MAX_NODES) throw invalid(`InstanceIds has at most ${MAX_NODES} members`)
  if (targets.length > MAX_TARGETS) throw invalid(`Targets has at most ${MAX_TARGETS} members`)
  const wrong = instanceIds.filter((id) => !NODE.test(id))
  if (wrong.length > 0) {
    throw new AwsError(
      'InvalidInstanceId',
      `Instances [[${wrong.join(', ')}]] not in a valid state for account`,
    )
  }
  if (new Set(instanceIds).size < instanceIds.length) {
    throw new AwsError('DuplicateInstanceId', 'an instance is named twice')
  }
  return { instanceIds, targets }
}

function readParameters(given: unknown): Record<string, string[]> {
  const parameters = (given ?? {}) as Record<string, unknown>
  for (const [name, value] of Object.entries(parameters)) {
    if (Array.isArray(value) && value.every((each) => typeof each === 'string')) continue
    throw invalid(`the parameter ${name} must be a list of texts`)
  }
  return parameters as Record<string, string[]>
}

export function needed(input: Input, name: string): string {
  const value = text(input, name)
  if (value) return value
  throw invalid(`${name} is missing`)
}

export function text(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
  throw invalid(`${name} must be a text`)
}

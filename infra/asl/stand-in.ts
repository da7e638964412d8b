import type { StateJson } from './definition.ts'

const TOKEN = '.waitForTaskToken'

/**
 * The task with a function in the place of its service: it gets what the service would, and answers what the service
 * would; where the task waits for its token, whoever has the token does.
 */
export function standIn(state: StateJson, functionArn: string): StateJson {
  const { Resource = '', Parameters } = state
  if (!Resource.endsWith(TOKEN)) return { ...state, Resource: functionArn }
  const service = Resource.slice(0, Resource.indexOf(':::'))
  return {
    ...state,
    Resource: `${service}:::lambda:invoke${TOKEN}`,
    Parameters: { FunctionName: functionArn, Payload: Parameters ?? {} },
  }
}

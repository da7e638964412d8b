import type { LambdaInvoker } from '#local/types.ts'
import type { HttpEvent } from './payload.ts'

type SimpleAnswer = { isAuthorized?: unknown; context?: unknown }

/**
 * Asks a Lambda authorizer, payload 2.0 with simple responses: the event with what it says of the caller, undefined
 * where it lets nobody in.
 *
 * @throws Error where the function fails, which API Gateway answers 500
 */
export async function authorize(
  lambda: LambdaInvoker,
  functionName: string,
  event: HttpEvent,
): Promise<HttpEvent | undefined> {
  const { body: _body, isBase64Encoded: _encoding, requestContext, ...request } = event
  const { authorizer: _caller, ...context } = requestContext
  const asked = { ...request, type: 'REQUEST', identitySource: null, requestContext: context }
  const { payload, functionError } = await lambda.invoke(functionName, asked)
  if (functionError) throw new Error(functionError.errorMessage)
  const { isAuthorized, context: said } = (payload ?? {}) as SimpleAnswer
  if (isAuthorized !== true) return undefined
  return { ...event, requestContext: { ...context, authorizer: { lambda: said ?? null } } }
}

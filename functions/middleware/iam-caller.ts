import type { HttpEvent } from './http-door.ts'

type IamContext = { authorizer?: { iam?: { userArn?: string } } }

/** The principal that API Gateway authenticated by its signature. */
export const iamCaller = ({ requestContext }: HttpEvent): string =>
  (requestContext as IamContext).authorizer?.iam?.userArn ?? 'unauthenticated'

import { fromEnv } from '@aws-sdk/credential-provider-env'

/** Where Lambda gives credentials to functions that it restores from a snapshot: a snapshot may hold no keys. */
const hasContainer = (): boolean =>
  Boolean(
    process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
  )

/**
 * Stands in bundles for `defaultProvider` of `@aws-sdk/credential-provider-node`: of its chain of profiles, SSO, web
 * identity and instance metadata, what Lambda gives a function. That chain would be a third of a step's bundle.
 */
export const defaultProvider = () => async () => {
  if (process.env.AWS_ACCESS_KEY_ID || !hasContainer()) return fromEnv()()
  const { fromHttp } = await import('@aws-sdk/credential-provider-http')
  return fromHttp()()
}

const missing = (name: string): Error => {
  const error = new Error(`the environment variable ${name} is not set: Lambda sets it in every function`)
  error.name = 'CredentialsProviderError'
  return error
}

function variable(name: string): string {
  const value = process.env[name]
  if (!value) throw missing(name)
  return value
}

/**
 * Stands in bundles for `defaultProvider` of `@aws-sdk/credential-provider-node`, a chain of profiles, SSO,
 * web identity and instance metadata: Lambda gives a function its role's credentials by these variables, and
 * a third of a step's bundle would be that chain.
 */
export const defaultProvider = () => async () => ({
  accessKeyId: variable('AWS_ACCESS_KEY_ID'),
  secretAccessKey: variable('AWS_SECRET_ACCESS_KEY'),
  ...(process.env.AWS_SESSION_TOKEN ? { sessionToken: process.env.AWS_SESSION_TOKEN } : {}),
})

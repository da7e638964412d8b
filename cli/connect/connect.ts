import { type Client, createClient } from '#client/client.ts'
import type { Fetch } from '#client/http.ts'
import { CliError, EXIT } from '../exit.ts'
import { isLoopback, type Target } from './target.ts'

export type Connection = { apiUrl: string; client: Client; fetch: Fetch }

/** The API of a target, with requests that are signed where it asks for that. The AWS SDK is loaded only then. */
export async function connect(target: Target): Promise<Connection> {
  const apiUrl = (target.kind === 'stack' ? await apiOf(target.stack) : target.apiUrl).replace(/\/+$/, '')
  if (!URL.canParse(apiUrl)) throw new CliError(`'${apiUrl}' is no address of an API`, { code: EXIT.usage })
  const fetch = isLoopback(apiUrl) ? globalThis.fetch : await signing(apiUrl)
  return { apiUrl, client: createClient({ endpoint: apiUrl, fetch }), fetch }
}

async function signing(apiUrl: string): Promise<Fetch> {
  const [{ usualSigning }, { signedFetch }] = await Promise.all([
    import('./aws.ts'),
    import('./signed-fetch.ts'),
  ])
  return signedFetch(await usualSigning(apiUrl))
}

async function apiOf(stack: string): Promise<string> {
  const { stackOutputs } = await import('./aws.ts')
  const { ApiUrl } = await stackOutputs(stack)
  if (ApiUrl) return ApiUrl
  throw new CliError(`the stack ${stack} has no output ApiUrl: it is none of Standdown's`, {
    code: EXIT.notFound,
    hint: 'name another one with --stack',
  })
}

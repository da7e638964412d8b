import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { Fetch } from '#client/http.ts'

type Credentials = ConstructorParameters<typeof SignatureV4>[0]['credentials']
export type Signing = { region: string; credentials: Credentials }

/** A fetch whose requests are signed for API Gateway (SigV4). */
export function signedFetch({ region, credentials }: Signing, fetch: Fetch = globalThis.fetch): Fetch {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 })
  return async (url, init) => {
    const { protocol, hostname, port, host, pathname, searchParams } = new URL(url)
    const { headers } = await signer.sign({
      method: init.method ?? 'GET',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { ...(init.headers as Record<string, string>), host },
      body: init.body,
    })
    const { host: _, ...sent } = headers
    return fetch(url, { ...init, headers: sent })
  }
}

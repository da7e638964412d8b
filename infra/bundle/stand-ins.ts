import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'esbuild'

const { resolve } = createRequire(import.meta.url)

/** Parts of the SDK that do more than a Lambda function needs, and what does the same there in less code. */
const REPLACED: Record<string, string> = {
  '@aws-sdk/credential-provider-node': resolve('#aws/stand-ins/lambda-credentials.ts'),
  'mnemonist/lru-cache': resolve('#aws/stand-ins/lru-cache.ts'),
}

/** Each client imports its own, for its version alone. */
const CLIENT_MANIFEST = /@aws-sdk[\\/](client-|nested-clients)[^\\/]*[\\/]package\.json$/

/** Makes a step's bundle a third smaller than the SDK would have it, and so a cold start shorter. */
export const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(@aws-sdk|mnemonist)\// }, ({ path }) =>
      REPLACED[path] ? { path: REPLACED[path] } : null,
    )
    onLoad({ filter: CLIENT_MANIFEST }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

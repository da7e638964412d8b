import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'
import { PRODUCT } from './layout.ts'

const standIn = (file: string): string => join(PRODUCT, 'aws/stand-ins', file)

/** Parts of the SDK that do more than a Lambda function needs, and what does the same there in less code. */
const REPLACED: Record<string, string> = {
  '@aws-sdk/credential-provider-node': standIn('lambda-credentials.ts'),
  'mnemonist/lru-cache': standIn('lru-cache.ts'),
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

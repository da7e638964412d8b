import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'esbuild'

const here = (file: string): string => join(import.meta.dirname, file)

/** Parts of the SDK that no Lambda function needs, and what stands in for them. */
const REPLACED: Record<string, string> = {
  '@aws-sdk/credential-provider-node': here('lambda-credentials.ts'),
  '@aws-sdk/middleware-endpoint-discovery': here('no-endpoint-discovery.ts'),
  '@smithy/core/event-streams': here('no-event-streams.ts'),
}

/** Makes a step's bundle half as large as the SDK would have it, and so a cold start shorter. */
export const standIns: Plugin = {
  name: 'leave-out',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^@(aws-sdk|smithy)\// }, ({ path }) =>
      REPLACED[path] ? { path: REPLACED[path] } : null,
    )
    // A client tells its version in the user agent; the rest of its package.json would come along.
    onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string }
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

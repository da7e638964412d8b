import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('the client runs in a browser: it needs nothing of Node, and brings no schema along', async () => {
  const entry = join(import.meta.dirname, '../../client/client.ts')
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    metafile: true,
  })
  const inputs = Object.keys(metafile.inputs).filter((path) => !/(^|\/)client\/[^/]+$/.test(path))
  expect(inputs).toEqual(['core/api/job-path.ts'])
})

import { fileURLToPath } from 'node:url'
import { type AppOptions, buildApp } from '../build-app.ts'
import { type BundleResult, bundle } from './bundler.ts'
import { entriesOf } from './entries.ts'

/** Bundles the entries that the app's functions name: it is built once as a draft to learn which these are. */
export async function buildBundles(options: AppOptions = {}): Promise<BundleResult> {
  const { app } = await buildApp({ ...options, draft: true })
  return bundle({ entries: entriesOf(app), out: options.bundles })
}

/** `npm run build`: the bundles alone. A synth makes them, too. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const { names, metafile } = await buildBundles({ extraJobs: process.env.STANDDOWN_EXTRA_JOBS })
  const sizes = Object.values(metafile.outputs).map((output) => output.bytes)
  const total = Math.round(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1024)
  console.log(`${names.length} bundles, ${total} KB, ${Math.round(performance.now() - started)} ms`)
}

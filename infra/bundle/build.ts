import { fileURLToPath } from 'node:url'
import { type AppOptions, buildApp } from '../build-app.ts'
import { type Bundle, bundle } from './bundler.ts'
import { entriesOf } from './entries.ts'
import { sizesOf } from './outputs.ts'

/** Bundles the entries that the app's functions name: it is built once as a draft to learn which these are. */
export async function buildBundles(options: AppOptions = {}): Promise<Bundle[]> {
  const { app } = await buildApp({ ...options, draft: true })
  return bundle({ entries: entriesOf(app), out: options.bundles })
}

/** `npm run build`: the bundles alone. A synth makes them, too. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now()
  const bundles = await buildBundles({ extraJobs: process.env.STANDDOWN_EXTRA_JOBS })
  const total = Math.round(bundles.reduce((sum, made) => sum + sizesOf(made).whole, 0) / 1024)
  console.log(`${bundles.length} bundles, ${total} KB, ${Math.round(performance.now() - started)} ms`)
}

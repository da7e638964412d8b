import { type BundleOptions, bundle } from './bundler.ts'

/** A program: bundles what its argument says, as JSON. A construct cannot wait for it in its own process. */
await bundle(JSON.parse(process.argv[2] ?? '{}') as BundleOptions)

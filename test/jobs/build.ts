import { join } from 'node:path'
import { buildApp } from '#infra/build-app.ts'
import { buildBundles } from '#infra/bundle/build.ts'

/**
 * Bundles and synthesizes the product with the test jobs into the folder named on the command line: in a
 * process of its own, because the CDK and the bundler stay in memory. A second folder is for the bundles.
 */
const [outdir, bundles] = process.argv.slice(2)
if (!outdir) throw new Error('name the folder of the assembly: node test/jobs/build.ts <folder>')
process.env.CDK_VALIDATION = 'false'
// Few tries: a test of a clean-up that fails for good does not wait for minutes.
const options = {
  outdir,
  bundles,
  extraJobs: join(import.meta.dirname, 'jobs.ts'),
  nag: false,
  cleanUpTries: 3,
  buckets: ['*'],
  documents: ['*'],
  actionFunctions: ['*'],
  openStack: { localOnly: true } as const,
  local: true,
}
await buildBundles(options)
const { app } = await buildApp(options)
app.synth()

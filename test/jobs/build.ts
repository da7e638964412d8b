import { join } from 'node:path'
import { buildApp } from '#infra/build-app.ts'
import { bundle } from '#infra/bundle/bundler.ts'
import { TEST_ENTRIES } from './test-functions.ts'

/**
 * Bundles and synthesizes the product with the test jobs into the folder named on the command line: in a
 * process of its own, because the CDK and the bundler stay in memory.
 */
const outdir = process.argv[2]
if (!outdir) throw new Error('name the folder of the assembly: node test/jobs/build.ts <folder>')
process.env.CDK_VALIDATION = 'false'
await bundle({ extra: TEST_ENTRIES })
const { app } = await buildApp({ outdir, extraJobs: join(import.meta.dirname, 'jobs.ts'), nag: false })
app.synth()

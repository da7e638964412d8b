import { type AppOptions, buildApp } from './build-app.ts'
import { buildBundles } from './bundle/build.ts'

// The entry of cdk.json. Context and CDK_OUTDIR come from the CDK command line, or from the caller.
const options: AppOptions = {
  extraJobs: process.env.STANDDOWN_EXTRA_JOBS,
  openStack: process.env.STANDDOWN_LOCAL === 'true' ? { localOnly: true } : undefined,
  nag: process.env.STANDDOWN_NAG !== 'false',
}
await buildBundles(options)
const { app } = await buildApp(options)
app.synth()

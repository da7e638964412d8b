import { type AppOptions, buildApp } from './build-app.ts'
import { buildBundles } from './bundle/build.ts'

// The entry of cdk.json. Context and CDK_OUTDIR come from the CDK command line, or from the caller.
const local = process.env.STANDDOWN_LOCAL === 'true'
const options: AppOptions = {
  local,
  extraJobs: process.env.STANDDOWN_EXTRA_JOBS,
  openStack: local ? { localOnly: true } : undefined,
  nag: process.env.STANDDOWN_NAG !== 'false',
}
await buildBundles(options)
const { app } = await buildApp(options)
app.synth()

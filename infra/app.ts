import { buildApp } from './build-app.ts'

// The entry of cdk.json. Context and CDK_OUTDIR come from the CDK command line, or from the caller.
const extraJobs = process.env.STANDDOWN_EXTRA_JOBS
const { app } = await buildApp({
  nag: process.env.STANDDOWN_NAG !== 'false',
  ...(extraJobs ? { extraJobs } : {}),
})
app.synth()

import { App, Stack } from 'aws-cdk-lib'
import { AbortableJob, JobControl, StepFunction } from 'standdown/cdk'

/** An app whose stacks say where they are deployed, the jobs in another one than their control. */
const env = { account: '123456789012', region: 'eu-west-1' }
const app = new App()
const control = new JobControl(new Stack(app, 'Control', { env }), 'JobControl')
const jobs = new Stack(app, 'Jobs', { env })
const count = new StepFunction(jobs, 'CountStep', { entry: 'steps/count.ts' })
new AbortableJob(jobs, 'Count', {
  control,
  template: { name: 'count', description: 'Counts' },
  definition: (steps) => steps.task(count),
})
app.synth()

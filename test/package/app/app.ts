import { App, Stack } from 'aws-cdk-lib'
import { AbortableJob, JobControl, StepFunction } from 'standdown/cdk'
import * as z from 'zod'

const app = new App()
const stack = new Stack(app, 'Counting')
const control = new JobControl(stack, 'JobControl')
const count = new StepFunction(stack, 'CountStep', { entry: 'steps/count.ts' })
const input = z.strictObject({ to: z.int().min(1) })
new AbortableJob(stack, 'Count', {
  control,
  template: { name: 'count', description: 'Counts, a number a second', input },
  definition: (steps) => steps.task(count),
})
app.synth()

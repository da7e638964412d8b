import { App, Stack } from 'aws-cdk-lib'
import { AbortableJob, JobControl, StepFunction } from 'standdown/cdk'
import * as z from 'zod'

const app = new App()
const stack = new Stack(app, 'Counting')
const control = new JobControl(stack, 'JobControl')
const count = new StepFunction(stack, 'CountStep', { entry: 'steps/count.ts' })

new AbortableJob(stack, 'Count', {
  control,
  template: {
    name: 'count',
    description: 'Counts, a number a second',
    input: z.strictObject({ to: z.int().min(1).max(3600), every_ms: z.int().min(1).optional() }),
  },
  definition: (steps) => steps.task(count),
})
app.synth()

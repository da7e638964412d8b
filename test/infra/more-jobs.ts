import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import type { StanddownStack } from '#infra/stack.ts'

/** Adds a second job template. */
export default (stack: StanddownStack): void => {
  const handler = new StepFunction(stack, 'Check', {
    bundle: 'steps/object-migration/verify',
    prefix: 'more',
  })
  new AbortableJob(stack, 'More', {
    control: stack.control,
    template: 'more',
    description: 'checks twice',
    abortModes: ['force'],
    definition: (steps) =>
      steps.task('verify', { handler, resultPath: sfn.JsonPath.DISCARD }).next(new sfn.Pass(stack, 'Done')),
  })
}

import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import type { StanddownStack } from '#infra/stack.ts'
import { MARKS_BUCKET } from '../marks-bucket.ts'

/** Job templates by name, each with its steps one after another. */
export type Chains = Record<string, string[]>

export function addJobs(stack: StanddownStack, chains: Chains): void {
  for (const [name, stepNames] of Object.entries(chains)) {
    new AbortableJob(stack, name, {
      control: stack.control,
      template: { name, description: `Its steps: ${stepNames.join(', ')}` },
      definition: (steps) =>
        stepNames
          .map((step) => steps.task(stepFunction(stack, step), { resultPath: sfn.JsonPath.DISCARD }))
          .reduceRight((rest, task) => {
            task.next(rest)
            return task
          }),
    })
  }
}

function stepFunction(stack: StanddownStack, step: string): StepFunction {
  const entry = `test/jobs/deployments/steps/${step}.ts`
  const fn = new StepFunction(stack, `Step-${step}`, { entry, timeout: Duration.seconds(60) })
  const resourceArns = [`arn:aws:s3:::${MARKS_BUCKET}/*`]
  iam.Grant.addToPrincipal({ grantee: fn, actions: ['s3:GetObject', 's3:PutObject'], resourceArns })
  return fn
}

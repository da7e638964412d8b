import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { MARKS_BUCKET } from './marks-bucket.ts'

export type TestFunctions = { step(name: string): StepFunction }

/** One function for each file of `steps/`, shared by all jobs that have its step. */
export function testFunctions(scope: Construct): TestFunctions {
  const made = new Map<string, StepFunction>()
  const make = (name: string): StepFunction => {
    const entry = `test/jobs/steps/${name}.ts`
    const fn = new StepFunction(scope, `Test-${name}`, { entry, timeout: Duration.seconds(60) })
    const resourceArns = [`arn:aws:s3:::${MARKS_BUCKET}/*`]
    iam.Grant.addToPrincipal({ grantee: fn, actions: ['s3:PutObject', 's3:GetObject'], resourceArns })
    made.set(name, fn)
    return fn
  }
  return { step: (name) => made.get(name) ?? make(name) }
}

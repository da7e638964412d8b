import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { BundledFunction } from '#infra/constructs/bundled-function.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { MARKS_BUCKET } from './marks-bucket.ts'

const MARKS = {
  actions: ['s3:PutObject', 's3:GetObject'],
  resourceArns: [`arn:aws:s3:::${MARKS_BUCKET}/*`],
}

/** A step with the SDK as it was at that commit, of which only the AWS SDK, Powertools and middy are today's. */
const FROZEN: Record<string, string> = { older: 'test/scenarios/frozen/step-of-9304115.mjs' }

export type TestFunctions = { step(name: string): StepFunction }

/** One function for each file of `steps/`, shared by all jobs that have its step. */
export function testFunctions(scope: Construct): TestFunctions {
  const made = new Map<string, StepFunction>()
  const make = (name: string): StepFunction => {
    const entry = FROZEN[name] ?? `test/jobs/steps/${name}.ts`
    const fn = new StepFunction(scope, `Test-${name}`, { entry, timeout: Duration.seconds(60) })
    iam.Grant.addToPrincipal({ grantee: fn, ...MARKS })
    made.set(name, fn)
    return fn
  }
  return { step: (name) => made.get(name) ?? make(name) }
}

/** A function of somebody else's, for the actions of plans: `lab-test-jobs-plain-planned`. */
export function addPlanned(scope: Construct): void {
  const entry = 'test/jobs/plain/planned.ts'
  const fn = new BundledFunction(scope, 'Planned', { entry, prefix: 'lab', timeout: Duration.minutes(2) })
  iam.Grant.addToPrincipal({ grantee: fn, ...MARKS })
}

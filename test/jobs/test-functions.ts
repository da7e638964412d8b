import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { commonProps } from '#infra/constructs/function-props.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import { MARKS_BUCKET } from './marks-bucket.ts'

/** Bundle name to source file, for `bundle({ extra })`. */
export const TEST_ENTRIES: Record<string, string> = {
  ...Object.fromEntries(
    ['first', 'second', 'third', 'fourth', 'solo', 'each', 'boundary', 'never', 'no-op', 'slow-op'].map(
      (name) => [`steps/test/${name}`, `test/jobs/steps/${name}.ts`],
    ),
  ),
  'plain/test/no-op': 'test/jobs/plain/no-op.ts',
  'plain/test/take-token': 'test/jobs/plain/take-token.ts',
}

/** A function that is no step. */
export class PlainFunction extends lambda.Function {
  constructor(scope: Construct, id: string, bundle: string) {
    super(scope, id, commonProps(scope, id, { bundle }))
  }
}

export type TestFunctions = { step(name: string): StepFunction }

/** One function for each test step, shared by all jobs that have a step of its name. */
export function testFunctions(scope: Construct): TestFunctions {
  const made = new Map<string, StepFunction>()
  const make = (name: string): StepFunction => {
    const timeout = Duration.seconds(60)
    const fn = new StepFunction(scope, `Test-${name}`, { bundle: `steps/test/${name}`, timeout })
    const resourceArns = [`arn:aws:s3:::${MARKS_BUCKET}/*`]
    iam.Grant.addToPrincipal({ grantee: fn, actions: ['s3:PutObject', 's3:GetObject'], resourceArns })
    made.set(name, fn)
    return fn
  }
  return { step: (name) => made.get(name) ?? make(name) }
}

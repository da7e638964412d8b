import { Duration } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { bundleStep, type StepMetadata } from '../bundle/code.ts'
import { commonProps, type FunctionProps } from './function-props.ts'

/**
 * The function of one step, with what its bundle says of it. The AbortableJob that runs it gives it the
 * job table and its permissions.
 *
 * @example new StepFunction(this, 'Verify', { bundle: 'steps/object-migration/verify' })
 */
export class StepFunction extends lambda.Function {
  readonly step: StepMetadata

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id, commonProps(scope, id, { memorySize: 512, timeout: Duration.minutes(15), ...props }))
    this.step = bundleStep(scope, props.bundle)
  }
}

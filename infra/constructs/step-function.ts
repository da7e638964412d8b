import { Duration } from 'aws-cdk-lib'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { StepMetadata } from '#core/template.ts'
import { stepCode } from '../bundle/code.ts'
import { BundledFunction } from './bundled-function.ts'
import type { FunctionProps } from './function-props.ts'
import { retain } from './retain.ts'

/** A function that is a step, with what it says of itself. */
export interface IStepFunction extends lambda.IFunction {
  readonly step: StepMetadata
}

/**
 * The function of one step, as its entry defines it. The AbortableJob that runs it gives it the job table
 * and its permissions, and calls the version that was deployed with it: a running job keeps the code it began with.
 *
 * @example new StepFunction(this, 'Verify', { entry: 'functions/steps/object-migration/verify.ts' })
 */
export class StepFunction extends BundledFunction implements IStepFunction {
  readonly step: StepMetadata

  constructor(scope: Construct, id: string, props: FunctionProps) {
    const { code, step } = stepCode(scope, props.entry)
    super(scope, id, { memorySize: 512, timeout: Duration.minutes(15), ...props, code })
    this.step = step
    retain(this, this.logGroup, this.role!)
  }
}

import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { type FunctionProps, functionProps } from './function-props.ts'

/**
 * A function of a source file of this project: the build bundles what the functions of the app name, the
 * synth deploys it.
 */
export class BundledFunction extends lambda.Function {
  readonly entry: string

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id, functionProps(scope, id, props))
    this.entry = props.entry
  }
}

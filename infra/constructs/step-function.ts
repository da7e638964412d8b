import { Duration } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { StepMetadata } from '#core/template.ts'
import { stepCode } from '../bundle/code.ts'
import { BundledFunction } from './bundled-function.ts'
import type { FunctionProps } from './function-props.ts'
import { retain } from './retain.ts'

/** A function that is a step, with what it says of itself, and for TypeScript what it takes and answers. */
export interface IStepFunction<Input = never, Result = unknown> extends lambda.IFunction {
  readonly step: StepMetadata
  /** Never there: a type needs a place. */
  readonly types?: (input: Input) => Result
}

/** What `defineStep` made. */
export type DefinedStep<Input = never, Result = unknown> = {
  step: StepMetadata
  definition: { run(input: Input, tools: never): Promise<Result> }
}
type InputOf<Handler> = Handler extends DefinedStep<infer Input, unknown> ? Input : never
type ResultOf<Handler> = Handler extends DefinedStep<never, infer Result> ? Result : unknown

/**
 * The function of one step, as its entry defines it. The AbortableJob that runs it gives it the job table
 * and its permissions, and calls the version that was deployed with it: a running job keeps the code it began with.
 * With the type of its handler `steps.sequence` sees whether what it answers is what the next step takes.
 *
 * @example
 * import type { handler } from './steps/verify.ts'
 * new StepFunction<typeof handler>(this, 'Verify', { entry: 'steps/verify.ts' })
 */
export class StepFunction<Handler = unknown>
  extends BundledFunction
  implements IStepFunction<InputOf<Handler>, ResultOf<Handler>>
{
  readonly step: StepMetadata
  declare readonly types?: (input: InputOf<Handler>) => ResultOf<Handler>

  constructor(scope: Construct, id: string, props: FunctionProps) {
    const { code, step } = stepCode(scope, props.entry)
    super(scope, id, { memorySize: 512, timeout: Duration.minutes(15), ...props, code })
    this.step = step
    retain(this, this.logGroup, this.role!)
  }

  /**
   * A function that is made otherwise, an alias or a version of one, whose handler `defineStep` made: the handler says
   * which step it is.
   *
   * @example
   * import { handler } from './steps/verify.ts'
   * StepFunction.of(new NodejsFunction(this, 'Verify', { entry: 'steps/verify.ts' }), handler)
   *
   * @throws Error where its environment cannot be set, as of a function that another app made
   */
  static of<Input, Result>(
    fn: lambda.IFunction | lambda.Alias | lambda.Version,
    { step }: DefinedStep<Input, Result>,
  ): IStepFunction<Input, Result> {
    if (configurable(fn)) return Object.assign(fn as lambda.IFunction, { step })
    throw new Error(
      `the function ${fn.node.path} of the step ${step.name} was made elsewhere, so that it cannot be told its table: make it in this app, or call it by steps.external('${step.name}', new tasks.LambdaInvoke(...))`,
    )
  }
}

/** The function whose environment is that of an alias or a version. */
export function configurable(
  fn: lambda.IFunction | lambda.Alias | lambda.Version,
): lambda.Function | undefined {
  if (fn instanceof lambda.Function) return fn
  if (fn instanceof lambda.Alias) return configurable(fn.version)
  return 'lambda' in fn ? configurable(fn.lambda as lambda.IFunction) : undefined
}

import { Stack } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import type { ScopeJson } from '../asl/definition.ts'
import type { PassContext } from '../asl/pass.ts'
import { abortableDefinition } from '../asl/transform.ts'
import type { Steps } from './steps.ts'

/** Renders a chain as CDK does, then makes it abortable. */
export class AbortableDefinitionBody extends sfn.ChainDefinitionBody {
  private readonly context: Omit<PassContext, 'outside'>
  private readonly steps: Steps

  constructor(chain: sfn.IChainable, steps: Steps, context: Omit<PassContext, 'outside'>) {
    super(chain)
    this.context = context
    this.steps = steps
  }

  // biome-ignore lint/complexity/useMaxParams: the signature is CDK's
  override bind(
    scope: Construct,
    _principal: iam.IPrincipal,
    _props: sfn.StateMachineProps,
    graph?: sfn.StateGraph,
  ): sfn.DefinitionConfig {
    if (!graph) throw new Error(`the job ${this.context.template.name} has no state graph`)
    const context = { ...this.context, outside: this.steps.outsideByName() }
    const definition = abortableDefinition(graph.toGraphJson() as ScopeJson, context)
    return { definitionString: Stack.of(scope).toJsonString(definition) }
  }
}

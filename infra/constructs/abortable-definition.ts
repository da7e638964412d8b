import { Stack } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import type { ScopeJson } from '../asl/definition.ts'
import { abortableDefinition, type Job } from '../asl/transform.ts'

/** Renders a chain as CDK does, then makes it abortable. */
export class AbortableDefinitionBody extends sfn.ChainDefinitionBody {
  private readonly job: Job

  constructor(chain: sfn.IChainable, job: Job) {
    super(chain)
    this.job = job
  }

  // biome-ignore lint/complexity/useMaxParams: the signature is CDK's
  override bind(
    scope: Construct,
    _principal: iam.IPrincipal,
    _props: sfn.StateMachineProps,
    graph?: sfn.StateGraph,
  ): sfn.DefinitionConfig {
    if (!graph) throw new Error(`the job ${this.job.template.name} has no state graph`)
    const definition = abortableDefinition(graph.toGraphJson() as ScopeJson, this.job)
    return { definitionString: Stack.of(scope).toJsonString(definition) }
  }
}

import { Stack } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { StepMetadata } from '#core/template.ts'
import type { ScopeJson } from '#infra/asl/definition.ts'
import { abortableDefinition } from '#infra/asl/transform.ts'
import { Steps, type StepTaskProps } from '#infra/constructs/steps.ts'

export const STEP_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:step'
export const EXTERNAL_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:external'
export const COMMIT_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:commit'

/** What a chain is written with. */
export type Author = {
  stack: Stack
  steps: Steps
  /** A checkpoint step of that name. */
  step(name: string, props?: StepTaskProps): ReturnType<Steps['task']>
}

type Graph = { graph: ScopeJson; outside: ReturnType<Steps['outsideByName']> }

export const graphOf = (write: (author: Author) => sfn.IChainable): ScopeJson => writtenBy(write).graph

function writtenBy(write: (author: Author) => sfn.IChainable): Graph {
  const stack = new Stack()
  const steps = new Steps(stack)
  const step: Author['step'] = (name, props) => {
    const fn = lambda.Function.fromFunctionArn(stack, `Function ${name}`, STEP_ARN)
    const metadata: StepMetadata = {
      name,
      abortable: 'checkpoint',
      clean_up_after: 'lease',
      irreversible: null,
      hooks: [],
    }
    return steps.task(Object.assign(fn, { step: metadata }), props)
  }
  const chain = write({ stack, steps, step })
  const graph = new sfn.StateGraph(chain.startState, 'test')
  return { graph: stack.resolve(graph.toGraphJson()) as ScopeJson, outside: steps.outsideByName() }
}

const template = { name: 'test', description: 'a chain', input_schema: null }

export function render(write: (author: Author) => sfn.IChainable): ScopeJson {
  const { graph, outside } = writtenBy(write)
  return abortableDefinition(graph, { template, commitArn: COMMIT_ARN, externalArn: EXTERNAL_ARN, outside })
}

import { ArnFormat, Stack } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'

/** References between two stacks bind their deployments to one another, and in both directions are refused. */
export const isNear = (one: IConstruct, other: IConstruct): boolean => Stack.of(one) === Stack.of(other)

export const functionArn = (from: IConstruct, resourceName: string): string =>
  Stack.of(from).formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

/** A function as a stack may write it: by reference where it is its own, by name where it is another's. */
export function arnFrom(from: IConstruct, fn: lambda.IFunction): string {
  const { defaultChild } = fn.node
  const isMade = defaultChild instanceof lambda.CfnFunction
  if (!isMade || isNear(from, fn)) return fn.functionArn
  const { functionName } = defaultChild
  if (functionName !== undefined) return functionArn(from, functionName)
  throw new Error(
    `the function ${fn.node.path} is called from the stack ${Stack.of(from).stackName}: give it a functionName, so that neither stack refers to the other`,
  )
}

/** Where they differ, the names of one would mean nothing in the other. */
export function refuseFar(from: IConstruct, to: IConstruct): void {
  const [one, other] = [Stack.of(from), Stack.of(to)]
  if (one === other) return
  if (one.region !== other.region || one.account !== other.account) {
    throw new Error(
      `${from.node.path} is deployed to another region or account than its JobControl ${to.node.path}: deploy both to one`,
    )
  }
  one.addStackDependency(other)
}

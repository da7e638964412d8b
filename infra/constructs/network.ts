import { Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as lambda from 'aws-cdk-lib/aws-lambda'

/** The subnets, and the rules of what may leave them, of functions that reach private addresses. */
export type Network = { subnetIds: string[]; securityGroupIds: string[] }

const INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
]

/** Puts a function into these subnets; they need a way to AWS itself, by endpoints or a NAT gateway. */
export function joinNetwork(fn: lambda.Function, network: Network | undefined): void {
  if (!network) return
  const { defaultChild } = fn.node
  if (!(defaultChild instanceof lambda.CfnFunction))
    throw new Error(`${fn.node.path} is no function of this stack`)
  defaultChild.vpcConfig = network
  const grant = iam.Grant.addToPrincipal({ grantee: fn, actions: INTERFACES, resourceArns: ['*'] })
  // A function is refused whose role cannot make its interfaces yet.
  grant.applyBefore(defaultChild)
  Validations.of(fn.role!).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'The network interfaces of a function in a VPC are made by Lambda: they have no name beforehand',
  })
}

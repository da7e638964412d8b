import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam'
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda'
import { DeleteStateMachineCommand } from '@aws-sdk/client-sfn'
import type { Clients } from './clients.ts'
import type { Doomed } from './plan.ts'

type Deletion = (clients: Clients, name: string) => Promise<unknown>

const DELETIONS: Record<Doomed['kind'], Deletion> = {
  'state machine': ({ stepFunctions }, stateMachineArn) =>
    stepFunctions.send(new DeleteStateMachineCommand({ stateMachineArn })),
  function: ({ lambda }, FunctionName) => lambda.send(new DeleteFunctionCommand({ FunctionName })),
  version: ({ lambda }, FunctionName) => lambda.send(new DeleteFunctionCommand({ FunctionName })),
  'log group': ({ logs }, logGroupName) => logs.send(new DeleteLogGroupCommand({ logGroupName })),
  role: deleteRole,
}

/** What is gone already was deleted by another prune, or by a first try whose reply was lost. */
const GONE = ['ResourceNotFoundException', 'NoSuchEntityException', 'StateMachineDoesNotExist']

/** One after the other; a failure stops none of the rest. Answers how many failed. */
export async function deleteAll(
  clients: Clients,
  doomed: Doomed[],
  tell: (one: Doomed, error?: Error) => void,
): Promise<number> {
  let failed = 0
  for (const one of doomed) {
    try {
      await DELETIONS[one.kind](clients, one.name)
      tell(one)
    } catch (error) {
      const isGone = GONE.includes((error as Error).name)
      if (!isGone) failed += 1
      tell(one, isGone ? undefined : (error as Error))
    }
  }
  return failed
}

/** A role can only go without its policies. */
async function deleteRole({ iam: client }: Clients, RoleName: string): Promise<void> {
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName })) {
    for (const PolicyName of PolicyNames)
      await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
  }
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName })) {
    for (const { PolicyArn } of AttachedPolicies) {
      await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))
    }
  }
  await client.send(new DeleteRoleCommand({ RoleName }))
}

import { ArnFormat, Stack } from 'aws-cdk-lib'
import { grant } from '../constructs/grant.ts'
import type { StepFunction } from '../constructs/step-function.ts'

/** A tag that managed nodes must have. */
export type NodeTag = { key: string; value: string }

/** Run Command has no resources for these: what a command of the account is may be asked by its id alone. */
const ON_ANY_COMMAND = [
  'ssm:ListCommands',
  'ssm:ListCommandInvocations',
  'ssm:GetCommandInvocation',
  'ssm:CancelCommand',
]

export function grantCommands(grantee: StepFunction): void {
  const wildcards = 'Commands are no resources of IAM: these calls can only be granted on *'
  grant(grantee, { actions: ON_ANY_COMMAND, arns: ['*'], wildcards })
}

/** The documents of the account, and those that AWS owns, which are in no account. */
export function grantDocuments(grantee: StepFunction, names: string[]): void {
  if (names.length === 0) return
  const arns = names.map((name) => documentArn(grantee, name))
  const wildcards = 'A name with a wildcard is the choice of who deploys: it covers their own documents'
  grant(grantee, { actions: ['ssm:SendCommand', 'ssm:DescribeDocument'], arns, wildcards })
}

function documentArn(grantee: StepFunction, name: string): string {
  if (name.startsWith('arn:')) return name
  const owner = name.startsWith('AWS-') ? { account: '' } : {}
  return Stack.of(grantee).formatArn({ service: 'ssm', resource: 'document', resourceName: name, ...owner })
}

/** SendCommand is granted on both: the document, and each node that it is to run on. */
export function grantNodes(grantee: StepFunction, tag: NodeTag | undefined): void {
  const stack = Stack.of(grantee)
  const any = { resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME }
  const arns = [
    stack.formatArn({ service: 'ec2', resource: 'instance', ...any }),
    stack.formatArn({ service: 'ssm', resource: 'managed-instance', ...any }),
  ]
  const wildcards =
    'Which nodes a playbook runs on is said by its input; the deployment names the tag that they have'
  const conditions = tag && { StringEquals: { [`ssm:resourceTag/${tag.key}`]: tag.value } }
  grant(grantee, { actions: ['ssm:SendCommand'], arns, wildcards, ...(conditions && { conditions }) })
}

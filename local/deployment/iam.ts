import type { AwsQueryService } from '#local/gateway/query-service.ts'
import { AwsError } from '#local/types.ts'
import type { DeployedResource, Ledger } from './ledger.ts'

/** The local IAM: the roles of the stacks with their policies, which can be listed and deleted. */
export function createIam(ledger: Ledger): AwsQueryService {
  const roleOf = (parameters: URLSearchParams): DeployedResource => {
    const name = parameters.get('RoleName') ?? ''
    const role = ledger.ofType('AWS::IAM::Role').find((known) => known.name === name)
    if (role) return role
    throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, { status: 404 })
  }
  const policiesOf = (role: DeployedResource): DeployedResource[] =>
    ledger
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => (properties.Roles as string[] | undefined)?.includes(role.name))
  return {
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: {
      ListRolePolicies: (parameters) => {
        const names = policiesOf(roleOf(parameters)).map(policyName)
        return { PolicyNames: { member: names }, IsTruncated: false }
      },
      ListAttachedRolePolicies: (parameters) => {
        roleOf(parameters)
        return { AttachedPolicies: {}, IsTruncated: false }
      },
      DeleteRolePolicy: (parameters) => {
        const name = parameters.get('PolicyName') ?? ''
        const policy = policiesOf(roleOf(parameters)).find((known) => policyName(known) === name)
        if (!policy) {
          const message = `The role policy with name ${name} cannot be found.`
          throw new AwsError('NoSuchEntity', message, { status: 404 })
        }
        ledger.delete(policy)
        return {}
      },
      DeleteRole: (parameters) => {
        const role = roleOf(parameters)
        if (policiesOf(role).length > 0) {
          const message = 'Cannot delete entity, must delete policies first.'
          throw new AwsError('DeleteConflict', message, { status: 409 })
        }
        ledger.delete(role)
        return {}
      },
    },
  }
}

const policyName = ({ name, properties }: DeployedResource): string => String(properties.PolicyName ?? name)

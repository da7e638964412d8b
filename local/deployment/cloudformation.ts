import type { AwsQueryService } from '#local/gateway/query-service.ts'
import { AwsError } from '#local/types.ts'
import type { DeployedResource, Ledger } from './ledger.ts'

/** The local CloudFormation: what the stacks have, read only. */
export function createCloudFormation(ledger: Ledger): AwsQueryService {
  return {
    version: '2010-05-15',
    namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    operations: {
      ListStackResources: (parameters) => {
        const stack = parameters.get('StackName') ?? ''
        const owned = ledger.resources.filter((resource) => resource.owned && resource.stack === stack)
        if (owned.length > 0) return { StackResourceSummaries: { member: owned.map(summaryOf) } }
        throw new AwsError('ValidationError', `Stack with id ${stack} does not exist`)
      },
    },
  }
}

const summaryOf = ({ logicalId, physicalId, type, updatedAt }: DeployedResource) => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  LastUpdatedTimestamp: new Date(updatedAt).toISOString(),
  ResourceStatus: 'UPDATE_COMPLETE',
})

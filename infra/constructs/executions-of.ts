import { Arn, ArnFormat, Stack } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

const arnFormat = ArnFormat.COLON_RESOURCE_NAME

/** ARNs of all executions of a machine, also of one that is named when it is deployed. */
export function executionsOf(scope: IConstruct, machineArn: string): string {
  const { partition, region, account, resourceName } = Arn.split(machineArn, arnFormat)
  const place = { partition, region, account } as { partition: string; region: string; account: string }
  const executions = {
    service: 'states',
    resource: 'execution',
    resourceName: `${resourceName}:*`,
    arnFormat,
  }
  return Stack.of(scope).formatArn({ ...executions, ...place })
}

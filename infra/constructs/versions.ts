import { ArnFormat, Stack } from 'aws-cdk-lib'
import type * as iam from 'aws-cdk-lib/aws-iam'
import { grant } from './grant.ts'

/**
 * Every published version of the deployment's functions, which only steps have: also of steps that are not in the
 * code any more, as long as a running job calls them, or its stand-down.
 */
export function permitVersions(grantee: iam.IRole, { prefix }: { prefix: string }): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const versions = { service: 'lambda', resource: 'function', resourceName: `${prefix}-*:*`, arnFormat }
  const arns = [Stack.of(grantee).formatArn(versions)]
  const wildcards = 'Versions of steps that were removed from the code while jobs with them run'
  grant(grantee, { actions: ['lambda:InvokeFunction'], arns, wildcards })
}

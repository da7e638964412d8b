import { ArnFormat, Stack } from 'aws-cdk-lib'
import { grant } from '../grant.ts'
import type { StepFunction } from '../step-function.ts'

/** Functions of the account whose names begin so, in any version. */
export function grantFunctions(grantee: StepFunction, patterns: string[]): void {
  if (patterns.length === 0) return
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const arns = patterns.map((pattern) => {
    const resourceName = `${pattern.replace(/\*$/, '')}*`
    return Stack.of(grantee).formatArn({ service: 'lambda', resource: 'function', resourceName, arnFormat })
  })
  const wildcards =
    'Which function an action calls is said by its plan; the deployment names how they must begin'
  grant(grantee, { actions: ['lambda:InvokeFunction'], arns, wildcards })
}

/** Headers that hold secrets, by the secrets that are tagged for it. */
export function grantHeaders(grantee: StepFunction): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const secret = { service: 'secretsmanager', resource: 'secret', resourceName: 'standdown/*', arnFormat }
  const wildcards =
    'Which secret an action uses is said by its plan; only tagged ones below standdown/ can be read'
  const conditions = { StringEquals: { 'aws:ResourceTag/standdown': 'action-plan' } }
  const arns = [Stack.of(grantee).formatArn(secret)]
  grant(grantee, { actions: ['secretsmanager:GetSecretValue'], arns, wildcards, conditions })
}

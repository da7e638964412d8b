import type { Ledger } from '#local/deployment/ledger.ts'
import type { LambdaFunction } from '#local/lambda/environment.ts'
import type { AwsCall } from '#local/lambda/worker-messages.ts'
import type { JsonObject } from '#local/template/assembly.ts'
import { evaluate, type Permission } from './policy.ts'
import { requiredPermissions } from './required.ts'

/** What these allow is known: logs and traces alone. */
const HARMLESS =
  /\/(service-role\/AWSLambdaBasicExecutionRole|AWSXRayDaemonWriteAccess|AWSXrayWriteOnlyAccess)$/
const OF_RESOURCES = ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::Events::EventBusPolicy']

/**
 * Tells, once each, what a function calls and its role would not be allowed on AWS, where a forgotten grant would
 * show first. It refuses nothing: what is not known here counts as allowed.
 */
export function createMissingGrants(ledger: Ledger, log: (line: string) => void) {
  const told = new Set<string>()
  return (fn: LambdaFunction, call: AwsCall): void => {
    const statements = statementsOf(ledger, fn.roleArn ?? '')
    if (statements === null) return
    for (const permission of requiredPermissions(call)) {
      if (evaluate(statements, permission) !== 'denied') continue
      const pattern = patternOf(permission)
      const key = `${fn.roleArn} ${permission.action} ${pattern}`
      if (told.has(key)) continue
      told.add(key)
      log(
        `${fn.name} calls ${permission.action} on ${pattern}: its role does not allow it; on AWS this would be AccessDenied`,
      )
    }
  }
}

/** Null where the role is not of the template, or has policies that are not. */
function statementsOf(ledger: Ledger, roleArn: string): JsonObject[] | null {
  const role = ledger.ofType('AWS::IAM::Role').find(({ arn }) => arn === roleArn)
  if (!role) return null
  const managed = (role.properties.ManagedPolicyArns ?? []) as string[]
  if (managed.some((arn) => !HARMLESS.test(String(arn)))) return null
  const attached = [...ledger.ofType('AWS::IAM::Policy'), ...ledger.ofType('AWS::IAM::ManagedPolicy')].filter(
    ({ properties }) => (properties.Roles as string[] | undefined)?.includes(role.name),
  )
  const inline = (role.properties.Policies ?? []) as JsonObject[]
  // Within an account a resource's own policy is enough.
  const ofResources = OF_RESOURCES.flatMap((type) => ledger.ofType(type))
  return [
    ...attached.map(({ properties }) => properties),
    ...inline,
    ...ofResources.map(({ properties }) => properties),
  ].flatMap(
    ({ PolicyDocument }) => [((PolicyDocument ?? {}) as JsonObject).Statement ?? []].flat() as JsonObject[],
  )
}

/** Objects of a bucket, and secrets of a name, are one thing to the reader. */
const patternOf = ({ resource }: Permission): string =>
  resource?.replace(/^(arn:aws:s3:::[^/]+)\/.*/s, '$1/*').replace(/-aBcDeF$/, '-??????') ?? 'any resource'

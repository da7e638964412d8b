import { LOCAL_ACCOUNT, LOCAL_REGION } from '#local/types.ts'
import type { Assembly, Resource, Stack } from './assembly.ts'

export type Urls = { apiUrl: string; awsUrl: string }

/** Numbers the published versions of functions. */
export type Versions = { versionNumber(functionName: string, logicalId: string): number }

/** Where an expression stands: its stack, and the assembly for what other stacks export. */
export type Context = { assembly: Assembly; stack: Stack; urls: Urls; versions: Versions }

export type PlacedResource = { logicalId: string; resource: Resource }

export const PSEUDO: Record<string, (context: Context) => string | string[]> = {
  'AWS::Region': () => LOCAL_REGION,
  'AWS::AccountId': () => LOCAL_ACCOUNT,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::NotificationARNs': () => [],
  'AWS::StackName': ({ stack }) => stack.name,
  'AWS::StackId': ({ stack }) => arn('cloudformation', `stack/${stack.name}/local`),
}

export function arn(service: string, path: string): string {
  return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${path}`
}

export function globalArn(service: string, path: string): string {
  const account = service === 's3' ? '' : LOCAL_ACCOUNT
  return `arn:aws:${service}::${account}:${path}`
}

/** Of a resource that its template does not name. Two stacks may have the same logical id. */
export function unnamed(logicalId: string, { assembly, stack }: Pick<Context, 'assembly' | 'stack'>): string {
  const isShared = assembly.stacks.some(
    (other) => other !== stack && other.template.Resources?.[logicalId] !== undefined,
  )
  return isShared ? `${stack.name}-${logicalId}` : logicalId
}

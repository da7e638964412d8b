import { ArnFormat, Stack } from 'aws-cdk-lib'
import { grant } from '../constructs/grant.ts'
import type { StepFunction } from '../constructs/step-function.ts'

/** `keys`: what Amazon S3 does with the bucket's key in the caller's name. */
export type Access = { bucket: string[]; objects: string[]; keys?: string[] }

/** What each step does in the buckets it migrates. `s3:ListBucket` also tells what is gone from what is denied. */
export const ACCESS = {
  // It writes a probe at the destination, looks for it at the source, and removes it; and reads of the buckets what no
  // copy will have. Each of these rights may be taken away: then it tells that it does not know.
  'list-objects': {
    bucket: [
      's3:ListBucket',
      's3:GetBucketVersioning',
      's3:GetBucketObjectLockConfiguration',
      's3:GetBucketOwnershipControls',
      's3:GetEncryptionConfiguration',
    ],
    objects: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    keys: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
  'copy-objects': {
    bucket: ['s3:ListBucket', 's3:ListBucketMultipartUploads', 's3:GetBucketWebsite'],
    objects: [
      's3:GetObject',
      's3:GetObjectTagging',
      's3:PutObject',
      's3:PutObjectTagging',
      's3:DeleteObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    ],
    keys: ['kms:Decrypt', 'kms:GenerateDataKey'],
  },
  verify: { bucket: ['s3:ListBucket'], objects: ['s3:GetObject'], keys: ['kms:Decrypt'] },
  'delete-source': { bucket: ['s3:ListBucket'], objects: ['s3:GetObject', 's3:DeleteObject'] },
  // These read and write only the job's own records.
  confirm: { bucket: [], objects: [] },
  report: { bucket: [], objects: [] },
} satisfies Record<string, Access>

/** Secrets that a job's input may name begin so, and carry the tag, so that no other is lent by its name alone. */
const SECRETS = 'standdown/*'
const SECRET_TAG = { 'aws:ResourceTag/standdown': 'object-migration' }

/** A job reads and writes on either side: which bucket is the source is said by its input. */
export function grantBuckets(grantee: StepFunction, names: string[], access: Access): void {
  if (names.length === 0 || access.bucket.length === 0) return
  const arn = (resource: string): string =>
    Stack.of(grantee).formatArn({ service: 's3', region: '', account: '', resource })
  const named = 'A name with a wildcard is the choice of who deploys: it covers their own migration buckets'
  grant(grantee, { actions: access.bucket, arns: names.map(arn), wildcards: named })
  if (access.objects.length === 0) return
  const objects = names.map((name) => arn(`${name}/*`))
  const wildcards = 'Which objects a job migrates is said by its input; the deployment names the buckets'
  grant(grantee, { actions: access.objects, arns: objects, wildcards })
}

/** Buckets encrypted with keys of the customer's own. */
export function grantKeys(grantee: StepFunction, arns: string[], { keys = [] }: Access): void {
  if (arns.length === 0 || keys.length === 0) return
  const wildcards =
    'A key with a wildcard is the choice of who deploys: it covers their own migration buckets'
  grant(grantee, { actions: keys, arns, wildcards })
}

/** Credentials of stores other than the account's own. */
export function grantSecrets(grantee: StepFunction): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const secret = { service: 'secretsmanager', resource: 'secret', resourceName: SECRETS, arnFormat }
  const arns = [Stack.of(grantee).formatArn(secret)]
  const wildcards =
    'Which secret a job uses is said by its input; only tagged ones below standdown/ can be read'
  const conditions = { StringEquals: SECRET_TAG }
  grant(grantee, { actions: ['secretsmanager:GetSecretValue'], arns, wildcards, conditions })
}

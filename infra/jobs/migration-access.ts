import { ArnFormat, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type { StepFunction } from '../step-function.ts'

const ON_BUCKET = ['s3:ListBucket', 's3:ListBucketMultipartUploads']
const ON_OBJECTS = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:PutObject',
  's3:PutObjectTagging',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
  's3:ListMultipartUploadParts',
]

/** Secrets that a job's input may name begin so. */
const SECRETS = 'standdown/*'

/** A job reads and writes on either side: which bucket is the source is said by its input. */
export function grantBuckets(grantee: StepFunction, names: string[]): void {
  if (names.length === 0) return
  const arn = (resource: string): string =>
    Stack.of(grantee).formatArn({ service: 's3', region: '', account: '', resource })
  iam.Grant.addToPrincipal({ grantee, actions: ON_BUCKET, resourceArns: names.map(arn) })
  const objects = names.map((name) => arn(`${name}/*`))
  iam.Grant.addToPrincipal({ grantee, actions: ON_OBJECTS, resourceArns: objects })
}

/** Credentials of stores other than the account's own. */
export function grantSecrets(grantee: StepFunction): void {
  const arnFormat = ArnFormat.COLON_RESOURCE_NAME
  const secret = { service: 'secretsmanager', resource: 'secret', resourceName: SECRETS, arnFormat }
  const resourceArns = [Stack.of(grantee).formatArn(secret)]
  iam.Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns })
}

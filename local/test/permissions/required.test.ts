import { expect, test } from 'vitest'
import type { AwsCall } from '#local/lambda/worker-messages.ts'
import { requiredPermissions } from '#local/permissions/required.ts'

const call = (more: Partial<AwsCall>): AwsCall => ({
  target: null,
  method: 'GET',
  path: '/',
  copySource: null,
  tagged: false,
  names: [],
  ...more,
})
const json = (target: string, ...names: string[]): AwsCall => call({ target, method: 'POST', names })
const s3 = (ask: string, more: Partial<AwsCall> = {}): AwsCall => {
  const [method = '', path = ''] = ask.split(' ')
  return call({ method, path, ...more })
}
const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs'
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:demo:*'

test.each<[AwsCall, string[]]>([
  [json('DynamoDB_20120810.UpdateItem', 'TableName=jobs'), [`dynamodb:UpdateItem ${TABLE}`]],
  [
    json('DynamoDB_20120810.Query', 'IndexName=active', 'TableName=jobs'),
    [`dynamodb:Query ${TABLE}/index/active`],
  ],
  [json('DynamoDB_20120810.BatchWriteItem'), ['dynamodb:BatchWriteItem null']],
  [json('DynamoDB_20120810.TransactWriteItems', 'TableName=jobs'), []],
  [
    json('AWSStepFunctions.StopExecution', `executionArn=${EXECUTION}`),
    [`states:StopExecution ${EXECUTION}`],
  ],
  [
    json('AWSEvents.PutEvents', 'EventBusName=standdown'),
    ['events:PutEvents arn:aws:events:us-east-1:000000000000:event-bus/standdown'],
  ],
  [
    json('secretsmanager.GetSecretValue', 'SecretId=standdown/a'),
    ['secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:000000000000:secret:standdown/a-aBcDeF'],
  ],
  [json('AmazonSSM.SendCommand'), ['ssm:SendCommand null']],
  [json('Unheard.Of'), []],
  [
    s3('POST /2015-03-31/functions/worker/invocations'),
    ['lambda:InvokeFunction arn:aws:lambda:us-east-1:000000000000:function:worker'],
  ],
  [s3('GET /'), []],
  [s3('GET /photos?list-type=2&prefix=a'), ['s3:ListBucket arn:aws:s3:::photos']],
  [s3('GET /photos/?encoding-type=url&list-type=2'), ['s3:ListBucket arn:aws:s3:::photos']],
  [s3('GET /photos?uploads='), ['s3:ListBucketMultipartUploads arn:aws:s3:::photos']],
  [s3('POST /photos?delete='), ['s3:DeleteObject null']],
  [s3('GET /photos?versioning='), ['s3:GetBucketVersioning arn:aws:s3:::photos']],
  [s3('GET /photos?encryption='), ['s3:GetEncryptionConfiguration arn:aws:s3:::photos']],
  [s3('GET /photos?object-lock='), ['s3:GetBucketObjectLockConfiguration arn:aws:s3:::photos']],
  [s3('GET /photos?ownershipControls='), ['s3:GetBucketOwnershipControls arn:aws:s3:::photos']],
  [s3('GET /photos?website='), ['s3:GetBucketWebsite arn:aws:s3:::photos']],
  [s3('HEAD /photos/a%20b?x-id=HeadObject'), ['s3:GetObject arn:aws:s3:::photos/a b']],
  [s3('GET /photos/a?tagging='), ['s3:GetObjectTagging arn:aws:s3:::photos/a']],
  [
    s3('PUT /photos/a', { tagged: true }),
    ['s3:PutObject arn:aws:s3:::photos/a', 's3:PutObjectTagging arn:aws:s3:::photos/a'],
  ],
  [
    s3('PUT /photos/a', { copySource: '/other/b%2Fc' }),
    ['s3:PutObject arn:aws:s3:::photos/a', 's3:GetObject arn:aws:s3:::other/b/c'],
  ],
  [s3('POST /photos/a?uploads='), ['s3:PutObject arn:aws:s3:::photos/a']],
  [s3('GET /photos/a?uploadId=1'), ['s3:ListMultipartUploadParts arn:aws:s3:::photos/a']],
  [s3('DELETE /photos/a?uploadId=1'), ['s3:AbortMultipartUpload arn:aws:s3:::photos/a']],
  [s3('DELETE /photos/a'), ['s3:DeleteObject arn:aws:s3:::photos/a']],
])('%j needs %j', (made, wanted) => {
  expect(requiredPermissions(made).map(({ action, resource }) => `${action} ${resource}`)).toEqual(wanted)
})

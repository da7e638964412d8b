import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { type Deployment, LOCAL, ownedAlready } from '../scenarios/open-deployment.ts'
import type { Remote } from './rclone.ts'

/** A store that objects are copied to. */
export type End = {
  s3: S3Client
  remote: Remote
  /** What a job names it by, beside the bucket. */
  location: { endpoint?: string; region?: string; credentials_secret?: string }
  rounds: number
}

/** An OpenStack Swift with its S3 API, as the tests of the steps take it. */
const SWIFT = process.env.STANDDOWN_SWIFT
const SWIFT_KEYS = { accessKeyId: 'test:tester', secretAccessKey: 'testing' }
const SECRET = 'standdown/bench-swift'

export const ownEnd = ({ awsUrl, s3 }: Deployment): End => ({
  s3,
  remote: { name: 'own', endpoint: awsUrl, ...LOCAL.credentials },
  location: {},
  rounds: 3,
})

/** Null where no Swift is named. It takes minutes for what the local store does in seconds: one round. */
export async function swiftEnd({ awsUrl }: Deployment): Promise<End | null> {
  if (!SWIFT) return null
  const secrets = new SecretsManagerClient({ ...LOCAL, endpoint: awsUrl })
  const { accessKeyId: access_key_id, secretAccessKey: secret_access_key } = SWIFT_KEYS
  const SecretString = JSON.stringify({ access_key_id, secret_access_key })
  await secrets.send(new CreateSecretCommand({ Name: SECRET, SecretString }))
  secrets.destroy()
  const location = { endpoint: SWIFT, region: 'us-east-1', credentials_secret: SECRET }
  const s3 = new S3Client({
    endpoint: SWIFT,
    region: 'us-east-1',
    credentials: SWIFT_KEYS,
    forcePathStyle: true,
  })
  return { s3, remote: { name: 'swift', endpoint: SWIFT, ...SWIFT_KEYS }, location, rounds: 1 }
}

export async function newBucket(s3: S3Client, Bucket: string): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket })).catch(ownedAlready)
  return Bucket
}

export async function dropBucket(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    if (Contents.length === 0) break
    // One by one: Swift takes no DeleteObjects without a Content-MD5.
    await Promise.all(Contents.map(({ Key }) => s3.send(new DeleteObjectCommand({ Bucket, Key }))))
  }
  await s3.send(new DeleteBucketCommand({ Bucket }))
}

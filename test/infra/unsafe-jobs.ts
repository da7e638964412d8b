import * as s3 from 'aws-cdk-lib/aws-s3'
import type { StanddownStack } from '#infra/stack.ts'

/** Adds what the AwsSolutions rules find fault with: a bucket that takes unencrypted connections. */
export default (stack: StanddownStack): void => {
  new s3.Bucket(stack, 'Unsafe')
}

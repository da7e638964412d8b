import { Duration, Validations } from 'aws-cdk-lib'
import * as sqs from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'

type Props = { prefix: string; name: string }

/** Keeps what could not be delivered for two weeks, the longest there is. */
export class DeadLetters extends sqs.Queue {
  constructor(scope: Construct, id: string, { prefix, name }: Props) {
    super(scope, id, {
      queueName: `${prefix}-${name}`,
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself: nothing consumes it automatically',
    })
  }
}

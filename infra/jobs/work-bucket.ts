import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as s3 from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { grant } from '../constructs/grant.ts'

/** Batch manifests, results and failures of migrations: what is too large for an execution's state. */
export class WorkBucket extends s3.Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      lifecycleRules: [
        // A Standard execution runs for a year at most, and its clean-up reads the records of the first day.
        { expiration: Duration.days(400), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'It holds records of the product itself; only its functions read them',
    })
  }

  /** Without `s3:ListBucket` an object that is not there would look like one that is denied. */
  grantFolders(grantee: iam.IGrantable, more: string[]): void {
    const actions = ['s3:GetObject', 's3:PutObject', ...more]
    const objects = this.arnForObjects('jobs/*')
    const wildcards = 'Each job has a folder of its own, named when it starts'
    grant(grantee, { actions, arns: [objects], wildcards })
    iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucketArn] })
  }

  /** Jobs that copy to one destination tell each other, so that none removes what another has copied. */
  grantDestinations(grantee: iam.IGrantable): void {
    const arns = [this.arnForObjects('destinations/*')]
    const wildcards = 'Each destination has a folder, named when the first job copies to it'
    grant(grantee, { actions: ['s3:GetObject', 's3:PutObject'], arns, wildcards })
  }
}

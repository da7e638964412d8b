import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { JobControl, type JobControlProps } from './constructs/job-control.ts'
import { ObjectMigration } from './jobs/object-migration.ts'

export type StanddownStackProps = StackProps &
  JobControlProps & {
    /** The buckets that migrations may read and write. @default none */
    buckets?: string[]
    /** ARNs of the customer managed KMS keys that encrypt those buckets. @default none */
    keys?: string[]
  }

/** The whole product: what all jobs share, and its first job template. */
export class StanddownStack extends Stack {
  readonly control: JobControl

  constructor(scope: Construct, id: string, { buckets, keys, prefix, ...props }: StanddownStackProps = {}) {
    super(scope, id, { description: 'Standdown: abortable Step Functions jobs', ...props })
    const { retentionDays, leaseSeconds } = props
    this.control = new JobControl(this, 'JobControl', {
      ...(prefix === undefined ? {} : { prefix }),
      ...(retentionDays === undefined ? {} : { retentionDays }),
      ...(leaseSeconds === undefined ? {} : { leaseSeconds }),
    })
    new ObjectMigration(this, 'ObjectMigration', {
      control: this.control,
      ...(buckets ? { buckets } : {}),
      ...(keys ? { keys } : {}),
    })
  }
}

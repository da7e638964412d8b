import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import * as z from 'zod'
import { OBJECT_MIGRATION, objectMigrationInput } from '#functions/steps/object-migration/template.ts'
import { AbortableJob } from '../constructs/abortable-job.ts'
import type { JobControl } from '../constructs/job-control.ts'
import { StepFunction } from '../constructs/step-function.ts'
import type { Steps } from '../constructs/steps.ts'
import { ACCESS, grantBuckets, grantKeys, grantSecrets } from './migration-access.ts'
import { WorkBucket } from './work-bucket.ts'

export type ObjectMigrationProps = {
  control: JobControl
  /** Names of the account's buckets that jobs may migrate from and to; `*` is allowed in a name. @default none */
  buckets?: string[]
  /** ARNs of the customer managed KMS keys that encrypt those buckets. @default none */
  keys?: string[]
}

const STEPS = {
  list: 'list-objects',
  copy: 'copy-objects',
  verify: 'verify',
  deleteSource: 'delete-source',
} as const

/** The steps resume where they were; about 20 minutes in all. */
const STORE_OUTAGE = {
  errors: [OBJECT_MIGRATION.errors.StoreUnavailable],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 8,
}

/** Batches at once. Each of them copies `concurrency` objects at once. */
const BATCHES_AT_ONCE = 8

/** The job template `object-migration`: list, copy in batches, verify, delete the source if asked to. */
export class ObjectMigration extends Construct {
  readonly job: AbortableJob
  private readonly props: ObjectMigrationProps
  private readonly work: WorkBucket

  constructor(scope: Construct, id: string, props: ObjectMigrationProps) {
    super(scope, id)
    this.props = props
    this.work = new WorkBucket(this, 'Work')
    this.job = new AbortableJob(this, 'Job', {
      control: props.control,
      template: OBJECT_MIGRATION.name,
      description: OBJECT_MIGRATION.description,
      inputSchema: z.toJSONSchema(objectMigrationInput, { io: 'input', target: 'draft-7' }),
      definition: (steps) => this.chain(steps),
    })
  }

  private chain(steps: Steps): sfn.IChainable {
    const task = (key: keyof typeof STEPS, resultPath: string) => {
      const state = steps.task(STEPS[key], { handler: this.handler(key), resultPath })
      state.addRetry(STORE_OUTAGE)
      return state
    }
    const nothing = sfn.JsonPath.DISCARD
    const copies = steps.map('copy-batches', {
      items: '$.listing.batches',
      maxConcurrency: BATCHES_AT_ONCE,
      resultPath: nothing,
    })
    const wanted = sfn.Condition.and(
      sfn.Condition.isPresent('$.remain_source'),
      sfn.Condition.booleanEquals('$.remain_source', false),
    )
    const choice = new sfn.Choice(this, 'Delete the source?')
    return task('list', '$.listing')
      .next(copies.itemProcessor(task('copy', nothing)))
      .next(task('verify', '$.verified'))
      .next(
        choice
          .when(wanted, task('deleteSource', '$.deleted'))
          .otherwise(new sfn.Succeed(this, 'The source remains')),
      )
  }

  private handler(key: keyof typeof STEPS): StepFunction {
    const name = STEPS[key]
    const fn = new StepFunction(this, name, {
      bundle: `steps/${OBJECT_MIGRATION.name}/${name}`,
      prefix: this.props.control.prefix,
      memorySize: 1024,
      timeout: Duration.minutes(15),
      environment: { WORK_BUCKET: this.work.bucketName },
    })
    // Manifests are the only records that a clean-up removes.
    this.work.grantFolders(fn, ...(key === 'list' ? ['s3:DeleteObject'] : []))
    grantBuckets(fn, this.props.buckets ?? [], ACCESS[key])
    grantKeys(fn, this.props.keys ?? [], ACCESS[key])
    grantSecrets(fn)
    return fn
  }
}

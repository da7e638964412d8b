import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { OBJECT_MIGRATION } from '#functions/steps/object-migration/template.ts'
import { AbortableJob } from '../constructs/abortable-job.ts'
import type { JobControl } from '../constructs/job-control.ts'
import { StepFunction } from '../constructs/step-function.ts'
import type { Steps } from '../constructs/steps.ts'
import { ACCESS, grantBuckets, grantKeys, grantSecrets } from './migration-access.ts'
import { WorkBucket } from './work-bucket.ts'

export type ObjectMigrationProps = {
  control: JobControl
  /** Names of the account's buckets that jobs may migrate from and to; `*` is allowed in a name. @default none */
  buckets?: string[] | undefined
  /** ARNs of the customer managed KMS keys that encrypt those buckets. @default none */
  keys?: string[] | undefined
}

/** A step's file, without `.ts`. */
type StepFile = keyof typeof ACCESS

/** The steps resume where they were; about 20 minutes in all. */
const STORE_OUTAGE = {
  errors: [OBJECT_MIGRATION.errors.StoreUnavailable],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: OBJECT_MIGRATION.storeAttempts - 1,
}

/** Batches at once. Each of them copies `concurrency` objects at once. */
const BATCHES_AT_ONCE = 8

/**
 * The job template `object-migration`: list, copy and verify in batches, for a move confirm that all is whole and delete
 * the source in batches, report. The batches of the three Maps share one history: see `batch/limits.ts` of the steps.
 */
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
      template: OBJECT_MIGRATION,
      definition: (steps) => this.chain(steps),
    })
  }

  private chain(steps: Steps): sfn.IChainable {
    const task = (file: StepFile, resultPath: string) => {
      const state = steps.task(this.step(file), { resultPath })
      state.addRetry(STORE_OUTAGE)
      return state
    }
    const nothing = sfn.JsonPath.DISCARD
    const all = {
      objects: sfn.JsonPath.numberAt('$.listing.objects'),
      bytes: sfn.JsonPath.numberAt('$.listing.bytes'),
    }
    const eachBatch = (id: string, file: StepFile) =>
      steps
        .map(id, {
          ...{ items: '$.listing.batches', maxConcurrency: BATCHES_AT_ONCE, resultPath: nothing },
          itemSelector: { all },
        })
        .itemProcessor(task(file, nothing))
    const wanted = sfn.Condition.and(
      sfn.Condition.isPresent('$.remain_source'),
      sfn.Condition.booleanEquals('$.remain_source', false),
    )
    const choice = new sfn.Choice(this, 'Delete the source?')
      .when(wanted, task('confirm', nothing).next(eachBatch('delete-batches', 'delete-source')))
      .otherwise(new sfn.Pass(this, 'The source remains'))
    return task('list-objects', '$.listing')
      .next(eachBatch('copy-batches', 'copy-objects'))
      .next(eachBatch('verify-batches', 'verify'))
      .next(choice.afterwards())
      .next(task('report', '$.report'))
  }

  private step(file: StepFile): StepFunction {
    const { control, buckets = [], keys = [] } = this.props
    const fn = new StepFunction(this, file, {
      entry: `functions/steps/object-migration/${file}.ts`,
      prefix: control.prefix,
      memorySize: 1024,
      timeout: Duration.minutes(15),
      environment: { WORK_BUCKET: this.work.bucketName },
    })
    // Manifests are the only records that a clean-up removes.
    this.work.grantFolders(fn, file === 'list-objects' ? ['s3:DeleteObject'] : [])
    if (file === 'copy-objects') this.work.grantDestinations(fn)
    grantBuckets(fn, buckets, ACCESS[file])
    grantKeys(fn, keys, ACCESS[file])
    if (ACCESS[file].bucket.length > 0) grantSecrets(fn)
    return fn
  }
}

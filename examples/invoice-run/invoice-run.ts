import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as s3 from 'aws-cdk-lib/aws-s3'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import type { Construct } from 'constructs'
import { AbortableJob, type JobControl, StepFunction, type Steps } from 'standdown/cdk'
import * as z from 'zod'

const input = z.strictObject({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  count: z.int().min(1).max(1000),
  /** How long each part of the work takes. */
  every_ms: z.int().min(0).max(10_000),
})

/** Load, render in a Map, send, book, train: a stack of its own beside the control's. */
export class InvoiceRun extends Stack {
  private readonly bucket: s3.Bucket

  constructor(scope: Construct, id: string, { control }: { control: JobControl }) {
    super(scope, id)
    this.bucket = new s3.Bucket(this, 'Bucket', {
      bucketName: 'invoice-run',
      removalPolicy: RemovalPolicy.RETAIN,
    })
    new AbortableJob(this, 'Job', {
      control,
      template: {
        name: 'invoice-run',
        description: 'Renders, sends and books the invoices of a month',
        input,
      },
      definition: (steps) => this.chain(steps),
    })
  }

  private chain(steps: Steps): sfn.IChainable {
    const render = steps.task(this.step('render'))
    return steps
      .task(this.step('load'))
      .next(steps.map('render-each', { items: '$.invoices', resultPath: '$.rendered' }).itemProcessor(render))
      .next(steps.task(this.step('send'), { resultPath: '$.sent' }))
      .next(steps.task(this.step('book'), { resultPath: '$.booked' }))
      .next(this.train(steps))
  }

  /** A Glue job, which runs no code of ours; on one machine a function stands in for it. */
  private train(steps: Steps): sfn.IChainable {
    const task = new tasks.GlueStartJobRun(this, 'train', {
      glueJobName: 'forecast-payments',
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      arguments: sfn.TaskInput.fromObject({ 'every_ms.$': "States.Format('{}', $.every_ms)" }),
      resultPath: sfn.JsonPath.DISCARD,
    })
    const standIn = new lambda.Function(this, 'TrainStandIn', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset('stand-ins/train'),
      timeout: Duration.minutes(1),
    })
    return steps.external('train', task, { abortable: 'stop', abort: this.step('train'), standIn })
  }

  private step(name: string): StepFunction {
    const environment = { BUCKET: this.bucket.bucketName }
    const fn = new StepFunction(this, `Step-${name}`, { entry: `steps/${name}.ts`, environment })
    this.bucket.grantReadWrite(fn)
    return fn
  }
}

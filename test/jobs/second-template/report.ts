import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import type { JobControl } from '#infra/constructs/job-control.ts'
import { StepFunction } from '#infra/constructs/step-function.ts'
import type { Steps } from '#infra/constructs/steps.ts'
import { REPORT } from './template.ts'

const SOURCE_AWAY = { errors: [REPORT.errors.SourceAway], interval: Duration.minutes(1), maxAttempts: 5 }

/** The job template `report`: collect, wait for the embargo to end, publish. */
export class Report extends Construct {
  private readonly control: JobControl

  constructor(scope: Construct, id: string, props: { control: JobControl }) {
    super(scope, id)
    this.control = props.control
    new AbortableJob(this, 'Job', {
      control: this.control,
      template: REPORT,
      definition: (steps) => this.chain(steps),
    })
  }

  private chain(steps: Steps): sfn.IChainable {
    const collect = steps.task(this.step('collect'), { resultPath: '$.collected' })
    collect.addRetry(SOURCE_AWAY)
    const embargo = new sfn.Wait(this, 'Embargo', { time: sfn.WaitTime.duration(Duration.hours(1)) })
    return collect.next(embargo).next(steps.task(this.step('publish'), { inputPath: '$.collected' }))
  }

  private step(file: 'collect' | 'publish'): StepFunction {
    const { prefix } = this.control
    return new StepFunction(this, file, { entry: `test/jobs/second-template/${file}.ts`, prefix })
  }
}

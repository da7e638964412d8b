import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { FABRIC } from '#functions/steps/fabric/template.ts'
import { AbortableJob } from '../constructs/abortable-job.ts'
import type { JobControl } from '../constructs/job-control.ts'
import { StepFunction } from '../constructs/step-function.ts'
import type { Steps } from '../constructs/steps.ts'
import { grantCommands, grantDocuments, grantNodes, type NodeTag } from './run-command-access.ts'

export type FabricProps = {
  control: JobControl
  /** Names or ARNs of the command documents that playbooks may run; `*` is allowed in a name. @default none */
  documents?: string[] | undefined
  /** The tag of the managed nodes that they may run on. @default every node of the account */
  nodeTag?: NodeTag | undefined
}

/** The step finds its command again; about 20 minutes in all. */
const SSM_OUTAGE = {
  errors: [FABRIC.errors.RunCommandUnavailable],
  interval: Duration.seconds(5),
  backoffRate: 2,
  maxAttempts: 8,
}

/** The job template `fabric`: playbooks one after another, each repeated on failed targets as often as it asks to be. */
export class Fabric extends Construct {
  readonly job: AbortableJob
  private readonly props: FabricProps

  constructor(scope: Construct, id: string, props: FabricProps) {
    super(scope, id)
    this.props = props
    this.job = new AbortableJob(this, 'Job', {
      control: props.control,
      template: FABRIC,
      definition: (steps) => this.chain(steps),
    })
  }

  /** What a child leaves is dropped: a Map's result holds 256 KB, and the reports are kept by their steps. */
  private chain(steps: Steps): sfn.IChainable {
    const task = steps.task(this.step(), {
      resultSelector: { 'next.$': '$.next' },
      resultPath: '$.result',
    })
    task.addRetry(SSM_OUTAGE)
    const again = new sfn.Pass(this, 'On the targets that failed', {
      inputPath: '$.result.next',
      resultPath: '$.pass',
    })
    const done = new sfn.Pass(this, 'Playbook done', { parameters: {} })
    const repeats = sfn.Condition.booleanEquals('$.result.next.repeat', true)
    const choice = new sfn.Choice(this, 'Again?').when(repeats, again.next(task)).otherwise(done)
    return steps
      .map('playbooks', { items: '$.playbooks', maxConcurrency: 1, resultPath: sfn.JsonPath.DISCARD })
      .itemProcessor(task.next(choice))
  }

  private step(): StepFunction {
    const { control, documents = [], nodeTag } = this.props
    const fn = new StepFunction(this, 'run-playbook', {
      entry: 'functions/steps/fabric/run-playbook.ts',
      prefix: control.prefix,
      memorySize: 256,
      timeout: Duration.minutes(15),
    })
    grantCommands(fn)
    if (documents.length === 0) return fn
    grantDocuments(fn, documents)
    grantNodes(fn, nodeTag)
    return fn
  }
}

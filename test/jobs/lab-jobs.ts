import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import type { Construct } from 'constructs'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { BundledFunction } from '#infra/constructs/bundled-function.ts'
import type { JobControl } from '#infra/constructs/job-control.ts'
import type { Steps } from '#infra/constructs/steps.ts'
import type { TestFunctions } from './test-functions.ts'

const DISCARD = { resultPath: sfn.JsonPath.DISCARD }

type Chain = (steps: Steps, scope: Construct) => sfn.IChainable

/** Jobs of every shape, whose steps do what their input says. */
export function addLabJobs(scope: Construct, control: JobControl, functions: TestFunctions): void {
  const step = (steps: Steps, name: string) => steps.task(functions.step(name), DISCARD)
  const job = (shape: string, chain: Chain, timeout?: Duration): void => {
    const template = { name: `lab-${shape}`, description: `A laboratory job: ${shape}` }
    const definition = (steps: Steps) => chain(steps, scope)
    new AbortableJob(scope, template.name, { control, template, definition, timeout })
  }
  job('chain', (steps, at) =>
    step(steps, 'first')
      .next(waitAsAsked(at, 'ChainWait'))
      .next(step(steps, 'second'))
      .next(step(steps, 'third')),
  )
  job('timed', (steps) => step(steps, 'first').next(step(steps, 'second')), Duration.seconds(8))
  // No other job has this step: its worker can be killed without harm to others.
  job('solo', (steps) => step(steps, 'solo').next(step(steps, 'second')))
  job('older-sdk', (steps) => step(steps, 'older').next(step(steps, 'second')))
  job('boundary', (steps) => step(steps, 'boundary').next(step(steps, 'second')))
  job('never', (steps) => step(steps, 'never').next(step(steps, 'second')))
  job('retry', (steps) => {
    const backOff = { interval: Duration.seconds(20), maxAttempts: 3, backoffRate: 1 }
    return step(steps, 'first')
      .addRetry({ errors: ['LabFailure'], ...backOff })
      .next(step(steps, 'second'))
  })
  job('catch', (steps) => {
    const last = step(steps, 'third')
    return step(steps, 'first')
      .addCatch(step(steps, 'second').next(last), { errors: ['States.ALL'], resultPath: '$.error' })
      .next(last)
  })
  job('parallel', (steps, at) =>
    new sfn.Parallel(at, 'Both', DISCARD)
      .branch(step(steps, 'first').next(step(steps, 'second')))
      .branch(step(steps, 'third').next(step(steps, 'fourth'))),
  )
  job('map', (steps) =>
    steps
      .map('Each item', { items: '$.items', maxConcurrency: 2, ...DISCARD })
      .itemProcessor(step(steps, 'each'))
      .next(step(steps, 'second')),
  )
  // Its items are `{ rank }`.
  job('ranked', (steps) =>
    steps
      .map('Each ranked item', { items: '$.items', rank: '$.rank', maxConcurrency: 2, ...DISCARD })
      .itemProcessor(step(steps, 'each'))
      .next(step(steps, 'second')),
  )
  job('bounded', (steps) =>
    steps.task(functions.step('first'), {
      taskTimeout: sfn.Timeout.duration(Duration.seconds(3)),
      ...DISCARD,
    }),
  )
  job('token', (steps, at) =>
    step(steps, 'first')
      .next(steps.ungated(waitForToken(at)))
      .next(step(steps, 'second')),
  )
}

const waitAsAsked = (scope: Construct, id: string): sfn.Wait =>
  new sfn.Wait(scope, id, { time: sfn.WaitTime.secondsPath('$.wait') })

function waitForToken(scope: Construct): tasks.LambdaInvoke {
  return new tasks.LambdaInvoke(scope, 'WaitForToken', {
    lambdaFunction: new BundledFunction(scope, 'TakeToken', { entry: 'test/jobs/plain/take-token.ts' }),
    integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: sfn.TaskInput.fromObject({ token: sfn.JsonPath.taskToken }),
    ...DISCARD,
  })
}

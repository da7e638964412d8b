import { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { Construct } from 'constructs'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { AbortableStateMachine } from '#infra/constructs/abortable-state-machine.ts'
import { BundledFunction } from '#infra/constructs/bundled-function.ts'
import type { JobControl } from '#infra/constructs/job-control.ts'
import { type IStepFunction, StepFunction } from '#infra/constructs/step-function.ts'
import type { Steps } from '#infra/constructs/steps.ts'
import { MARKS_BUCKET } from './marks-bucket.ts'
import type { TestFunctions } from './test-functions.ts'

const DISCARD = { resultPath: sfn.JsonPath.DISCARD }

/** Jobs with tasks that run no code of a step's. */
export function addExternalJobs(scope: Construct, control: JobControl, functions: TestFunctions): void {
  const service = new BundledFunction(scope, 'OutsideWork', {
    entry: 'test/jobs/plain/outside-work.ts',
    timeout: Duration.minutes(5),
  })
  const hooks = (name: string) =>
    new StepFunction(scope, `Hooks-${name}`, { entry: `test/jobs/hooks/${name}.ts` })
  const [train, cluster] = [hooks('train'), hooks('cluster')]
  for (const grantee of [service, train, cluster]) grantMarks(grantee)

  const job = (
    shape: string,
    chain: (steps: Steps, at: Construct) => sfn.IChainable,
    timeout?: Duration,
  ): void => {
    const template = { name: `lab-${shape}`, description: `A laboratory job: ${shape}` }
    const definition = (steps: Steps) => chain(steps, new Construct(scope, `States-${shape}`))
    new AbortableJob(scope, template.name, { control, template, definition, timeout })
  }
  const work = (steps: Steps, at: Construct, abortable: 'boundary' | 'stop') =>
    steps.external('train', order(at, service, 'train'), { abortable, abort: train })
  job('external', (steps, at) =>
    work(steps, at, 'boundary').next(steps.task(functions.step('second'), DISCARD)),
  )
  const onCluster = (steps: Steps, at: Construct) =>
    steps
      .external('cluster', order(at, service, 'cluster', '$.cluster'), {
        ...{ abortable: 'boundary', abort: cluster, revert: cluster },
        revertWhen: 'not-committed',
      })
      .next(steps.task(functions.step('first'), DISCARD))
      .next(work(steps, at, 'stop'))
      .next(steps.external('take-down', elsewhere(at), { abortable: 'never', standIn: service }))
  attachMachines(scope, control, service)
  addParents(scope, control, { service, last: functions.step('fourth') })
  const confirm = hooks('confirm')
  grantMarks(confirm)
  const takeToken = new BundledFunction(scope, 'TakeTokens', {
    entry: 'test/jobs/plain/take-token.ts',
    prefix: 'standdown-approval',
  })
  job('approval', (steps, at) =>
    steps.external('approve', waitForToken(at, takeToken, 'approve'), { abortable: 'boundary' }).next(
      steps.external('confirm', waitForToken(at, takeToken, 'confirm'), {
        abortable: 'stop',
        abort: confirm,
      }),
    ),
  )
  job('cluster', onCluster)
  job('cluster-timed', onCluster, Duration.seconds(30))
}

/** Machines that know nothing of Standdown, and whose definitions nobody changes. */
function attachMachines(scope: Construct, control: JobControl, service: lambda.IFunction): void {
  const abort = new StepFunction(scope, 'AttachedHooks', { entry: 'test/jobs/hooks/attached.ts' })
  grantMarks(abort)
  const machine = (name: string, timeout?: Duration): sfn.StateMachine => {
    const at = new Construct(scope, `States-${name}`)
    const wait = new sfn.Wait(at, 'wait', { time: sfn.WaitTime.secondsPath('$.wait') })
    return new sfn.StateMachine(scope, name, {
      stateMachineName: `somebodys-${name}`,
      definitionBody: sfn.DefinitionBody.fromChainable(order(at, service, 'load').next(wait)),
      ...(timeout ? { timeout } : {}),
    })
  }
  const description = 'Was there before Standdown was'
  const template = { name: 'lab-attached', description }
  AbortableStateMachine.attach(machine('attached'), { control, template, abort })
  const timed = { name: 'lab-attached-timed', description }
  AbortableStateMachine.attach(machine('attached-timed', Duration.seconds(4)), { control, template: timed })
}

type Parts = { service: lambda.IFunction; last: IStepFunction }

/** Jobs that wait for executions: of jobs, of jobs of jobs, and of a machine that is no job's. */
function addParents(scope: Construct, control: JobControl, { service, last }: Parts): void {
  const machine = new sfn.StateMachine(scope, 'foreign', {
    stateMachineName: 'somebodys-foreign',
    definitionBody: sfn.DefinitionBody.fromChainable(order(new Construct(scope, 'Foreign'), service, 'load')),
  })
  const parent = (
    shape: string,
    chain: (steps: Steps, at: Construct) => sfn.IChainable,
  ): sfn.StateMachine => {
    const template = { name: `lab-${shape}`, description: `A laboratory job: ${shape}` }
    const definition = (steps: Steps) => chain(steps, new Construct(scope, `States-${shape}`))
    return new AbortableJob(scope, template.name, { control, template, definition }).stateMachine
  }
  const waiting = (steps: Steps, at: Construct, name: string, child: sfn.IStateMachine) =>
    steps.external(name, waitFor(at, name, child), { abortable: 'boundary' })
  const { stateMachine } = scope.node.findChild('lab-chain') as AbortableJob
  const family = parent('parent', (steps, at) =>
    waiting(steps, at, 'child', stateMachine)
      .next(waiting(steps, at, 'foreign', machine))
      .next(steps.task(last, DISCARD)),
  )
  parent('elder', (steps, at) => waiting(steps, at, 'child', family))
}

const waitFor = (scope: Construct, name: string, stateMachine: sfn.IStateMachine) =>
  new tasks.StepFunctionsStartExecution(scope, name, {
    stateMachine,
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    ...DISCARD,
  })

/** Asks somebody, who answers with the token. */
const waitForToken = (scope: Construct, fn: lambda.IFunction, step: string) =>
  new tasks.LambdaInvoke(scope, step, {
    lambdaFunction: fn,
    integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: sfn.TaskInput.fromObject({ step, token: sfn.JsonPath.taskToken }),
    resultPath: `$.${step}`,
  })

const orderOf = (step: string) => ({
  step,
  job: sfn.JsonPath.executionName,
  marks: sfn.JsonPath.stringAt('$.marks'),
  steps: sfn.JsonPath.objectAt('$.steps'),
})

/** A request to a service that answers once the work is done. */
const order = (
  scope: Construct,
  service: lambda.IFunction,
  step: string,
  resultPath = sfn.JsonPath.DISCARD,
) =>
  new tasks.LambdaInvoke(scope, step, {
    lambdaFunction: service,
    payload: sfn.TaskInput.fromObject(orderOf(step)),
    payloadResponseOnly: true,
    resultPath,
  })

/** A service that is not on this machine. */
const elsewhere = (scope: Construct) =>
  new tasks.GlueStartJobRun(scope, 'take-down', {
    glueJobName: 'take-down',
    arguments: sfn.TaskInput.fromObject(orderOf('take-down')),
    ...DISCARD,
  })

function grantMarks(grantee: iam.IGrantable): void {
  const actions = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject', 's3:ListBucket']
  const resourceArns = [`arn:aws:s3:::${MARKS_BUCKET}`, `arn:aws:s3:::${MARKS_BUCKET}/*`]
  iam.Grant.addToPrincipal({ grantee, actions, resourceArns })
}

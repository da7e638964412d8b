import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as batch from 'aws-cdk-lib/aws-batch'
import * as ec2 from 'aws-cdk-lib/aws-ec2'
import * as ecs from 'aws-cdk-lib/aws-ecs'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StepMetadata } from '#core/template.ts'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import type { ExternalStepProps } from '#infra/constructs/external-step.ts'
import { JobControl } from '#infra/constructs/job-control.ts'
import { LOCAL_CONTEXT } from '#infra/constructs/local-context.ts'
import type { IStepFunction } from '#infra/constructs/step-function.ts'
import type { Steps } from '#infra/constructs/steps.ts'
import { type StubBundles, stubBundles } from '../stub-bundles.ts'

let bundles: StubBundles
beforeAll(async () => {
  bundles = await stubBundles()
})
afterAll(() => bundles[Symbol.dispose]())

const RUN_JOB = sfn.IntegrationPattern.RUN_JOB

/** A stack with one job of this chain. */
function stackOf(chain: (steps: Steps, scope: Stack) => sfn.IChainable, local = false): Stack {
  const app = new App({ context: { [BUNDLES_CONTEXT]: bundles.folder, [LOCAL_CONTEXT]: local } })
  const stack = new Stack(app, 'Test')
  const control = new JobControl(stack, 'Control')
  const template = { name: 'training', description: 'trains' }
  new AbortableJob(stack, 'Job', { control, template, definition: (steps) => chain(steps, stack) })
  return stack
}

const HOOKS: StepMetadata = {
  name: 'train',
  abortable: 'boundary',
  clean_up_after: 'lease',
  irreversible: null,
  hooks: [],
}

function hooks(scope: Stack, more: Partial<StepMetadata>): IStepFunction {
  const fn = lambda.Function.fromFunctionArn(scope, 'Hooks', 'arn:aws:lambda:eu-west-1:1:function:hooks')
  return Object.assign(fn, { step: { ...HOOKS, ...more } })
}

const emr = (scope: Stack) =>
  new tasks.EmrCreateCluster(scope, 'train', { name: 'c', instances: {}, integrationPattern: RUN_JOB })
const WORK: Record<string, (scope: Stack) => sfn.TaskStateBase> = {
  'glue:BatchStopJobRun': (scope) =>
    new tasks.GlueStartJobRun(scope, 'train', { glueJobName: 'j', integrationPattern: RUN_JOB }),
  'batch:TerminateJob': (scope) =>
    new tasks.BatchSubmitJob(scope, 'train', {
      jobName: 'j',
      jobQueueArn: 'arn:aws:batch:eu-west-1:1:job-queue/q',
      jobDefinitionArn: batch.EcsJobDefinition.fromJobDefinitionArn(
        scope,
        'D',
        'arn:aws:batch:eu-west-1:1:job-definition/d',
      ).jobDefinitionArn,
    }),
  'ecs:StopTask': (scope) => {
    const vpc = new ec2.Vpc(scope, 'Vpc') as ec2.IVpc
    const taskDefinition = new ecs.FargateTaskDefinition(scope, 'T')
    taskDefinition.addContainer('c', { image: ecs.ContainerImage.fromRegistry('i') })
    return new tasks.EcsRunTask(scope, 'train', {
      cluster: new ecs.Cluster(scope, 'C', { vpc }) as ecs.ICluster,
      taskDefinition,
      launchTarget: new tasks.EcsFargateLaunchTarget(),
      integrationPattern: RUN_JOB,
    })
  },
  'elasticmapreduce:TerminateJobFlows': emr,
  'athena:stopQueryExecution': (scope) =>
    new tasks.AthenaStartQueryExecution(scope, 'train', {
      queryString: 'SELECT 1',
      integrationPattern: RUN_JOB,
    }),
}

test.each(Object.keys(WORK))('the role of a machine may stop the work of its external step: %s', (action) => {
  const stack = stackOf((steps, scope) =>
    steps.external('train', WORK[action]!(scope), { abortable: 'stop' }),
  )
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
  const ofJob = policies.filter(([id]) => id.startsWith('JobMachineRole'))
  expect(JSON.stringify(ofJob)).toContain(`"${action}"`)
})

const waitFor = (scope: Stack, stateMachine: sfn.IStateMachine) =>
  new tasks.StepFunctionsStartExecution(scope, 'wait', { stateMachine, integrationPattern: RUN_JOB })

test('an execution of a machine that is no job may be looked at and stopped by who cleans up after it', () => {
  const arn = 'arn:aws:states:eu-west-1:123456789012:stateMachine:load'
  const stack = stackOf((steps, scope) =>
    steps.external('wait', waitFor(scope, sfn.StateMachine.fromStateMachineArn(scope, 'Load', arn)), {
      abortable: 'boundary',
    }),
  )
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
  const [, external] = policies.find(([id]) => id.startsWith('ControlExternalRole'))!
  expect(external.Properties.PolicyDocument.Statement).toContainEqual({
    Effect: 'Allow',
    Action: ['states:StopExecution', 'states:DescribeExecution'],
    Resource: 'arn:aws:states:eu-west-1:123456789012:execution:load:*',
  })
})

test('jobs may wait for jobs of one deployment, three deep', () => {
  const app = new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } })
  const stack = new Stack(app, 'Test')
  const control = new JobControl(stack, 'Control')
  const job = (name: string, below?: sfn.IStateMachine): sfn.StateMachine => {
    const at = new Stack(stack, `States-${name}`)
    const definition = (steps: Steps) =>
      steps.external(below ? 'wait' : 'train', below ? waitFor(at, below) : emr(at), {
        abortable: 'boundary',
      })
    return new AbortableJob(stack, name, { control, template: { name, description: name }, definition })
      .stateMachine
  }
  const third = job('b', job('c', job('d')))
  expect(control.machines.node.validate()).toEqual([])
  job('a', third)
  expect(control.machines.node.validate()).toEqual(['jobs wait for jobs 3 deep at most: a > b > c > d'])
})

type Row = [title: string, props: (scope: Stack) => ExternalStepProps, message: string]
const rows: Row[] = [
  [
    'a hook that is the function of another step',
    (scope) => ({ abortable: 'stop', abort: hooks(scope, { name: 'other', hooks: ['abort'] }) }),
    'the abort of the external step train is the function of other: name it train in defineHooks',
  ],
  [
    'a function without the hook that it is given for',
    (scope) => ({ abortable: 'stop', revert: hooks(scope, { hooks: ['abort'] }) }),
    'the function of train has no revert: write it in defineHooks, or do not give it',
  ],
  [
    'what is to be undone by nobody',
    () => ({ abortable: 'stop', revertWhen: 'not-committed' }),
    'the external step train is undone where its job is not committed, but has no revert: give it one',
  ],
]

test.each(rows)('%s is refused', (_title, props, message) => {
  expect(() => stackOf((steps, scope) => steps.external('train', emr(scope), props(scope)))).toThrow(message)
})

test('a function that has hooks alone is no step of its own', () => {
  const chain = (steps: Steps, scope: Stack) =>
    steps.task(hooks(scope, { hooks: ['abort'], hooks_only: true }))
  expect(() => stackOf(chain)).toThrow(
    'the function of train has hooks alone, and nothing to run: give it to steps.external()',
  )
})

const STAND_IN = 'arn:aws:lambda:eu-west-1:1:function:pretend'
const standingIn = (steps: Steps, scope: Stack) =>
  steps.external('train', WORK['glue:BatchStopJobRun']!(scope), {
    abortable: 'stop',
    standIn: lambda.Function.fromFunctionArn(scope, 'Pretend', STAND_IN),
  })
const definitionOf = (stack: Stack): string =>
  JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')))

test('a stand-in runs on one machine, and is nowhere in what is deployed', () => {
  const local = definitionOf(stackOf(standingIn, true))
  expect(local).toContain(STAND_IN)
  expect(local).not.toContain('glue:startJobRun')
  const deployed = definitionOf(stackOf(standingIn))
  expect(deployed).toContain('glue:startJobRun.sync')
  expect(deployed).not.toContain(STAND_IN)
})

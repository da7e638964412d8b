import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StepMetadata } from '#core/template.ts'
import { BUNDLES_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableStateMachine, type AttachProps } from '#infra/constructs/abortable-state-machine.ts'
import { JobControl } from '#infra/constructs/job-control.ts'
import type { IStepFunction } from '#infra/constructs/step-function.ts'
import { type StubBundles, stubBundles } from '../stub-bundles.ts'

let bundles: StubBundles
beforeAll(async () => {
  bundles = await stubBundles()
})
afterAll(() => bundles[Symbol.dispose]())

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:nightly-load'
const NAMED = { name: 'nightly', description: 'Loads the day' }

type Attached = (stack: Stack) => sfn.IStateMachine
const imported: Attached = (stack) => sfn.StateMachine.fromStateMachineArn(stack, 'Nightly', ARN)
const ofApp =
  (type = sfn.StateMachineType.STANDARD): Attached =>
  (stack) =>
    new sfn.StateMachine(stack, 'Nightly', {
      stateMachineType: type,
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'load')),
    })

type Props = Omit<AttachProps, 'control' | 'template'> & Partial<AttachProps>

function stackOf(machine: Attached, props: (stack: Stack) => Props = () => ({})): Stack {
  const stack = new Stack(new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } }), 'Test')
  const control = new JobControl(stack, 'Control')
  AbortableStateMachine.attach(machine(stack), { control, template: NAMED, ...props(stack) })
  return stack
}

function hooks(scope: Stack, more: Partial<StepMetadata> = {}): IStepFunction {
  const fn = lambda.Function.fromFunctionArn(scope, 'Hooks', 'arn:aws:lambda:eu-west-1:1:function:hooks')
  const step: StepMetadata = {
    ...{ name: 'nightly', abortable: 'boundary', clean_up_after: 'lease', irreversible: null },
    ...{ hooks: ['abort'], hooks_only: true },
  }
  return Object.assign(fn, { step: { ...step, ...more } })
}

test('every change of its executions is told, and nobody but Standdown gets a right on them', () => {
  const template = Template.fromStack(stackOf(imported))
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [ARN] },
    },
  })
  const granted = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, policy]) => JSON.stringify(policy).includes('execution:nightly-load:*'))
    .map(([id]) => id.replace(/(ServiceRole|Role)?DefaultPolicy.*/, ''))
  expect(granted.length).toBeGreaterThan(4)
  expect(granted.filter((id) => !id.startsWith('Control'))).toEqual([])
})

test('a deployment may have attached machines alone', () => {
  const rules = Object.values(Template.fromStack(stackOf(imported)).findResources('AWS::Events::Rule'))
  const watched = rules.map(({ Properties }) => Properties.EventPattern?.detail?.stateMachineArn)
  expect(watched).not.toContainEqual([])
})

test('the definition and the role of a machine of the app stay as they are', () => {
  const attached = Template.fromStack(stackOf(ofApp()))
  const alone = new Stack(new App(), 'Test')
  ofApp()(alone)
  for (const type of ['AWS::StepFunctions::StateMachine', 'AWS::IAM::Role']) {
    const own = Object.entries(attached.findResources(type)).filter(([id]) => id.startsWith('Nightly'))
    expect(Object.fromEntries(own)).toEqual(Template.fromStack(alone).findResources(type))
  }
})

test('the stand-down may call its clean-up, the functions know it by its name', () => {
  const template = Template.fromStack(stackOf(imported, (stack) => ({ abort: hooks(stack) })))
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
  const standDown = policies.filter(([id]) => id.startsWith('ControlStandDownMachineRole'))
  expect(JSON.stringify(standDown)).toContain('arn:aws:lambda:eu-west-1:1:function:hooks')
  const functions = JSON.stringify(template.findResources('AWS::Lambda::Function'))
  expect(functions).toContain(String.raw`\"abort\":\"arn:aws:lambda:eu-west-1:1:function:hooks\"`)
})

type Row = [title: string, make: () => Stack, message: string]
const rows: Row[] = [
  [
    'an EXPRESS machine',
    () => stackOf(ofApp(sfn.StateMachineType.EXPRESS)),
    'the state machine of nightly is EXPRESS',
  ],
  [
    'a name that no job can be started by',
    () => stackOf(imported, () => ({ template: { ...NAMED, name: 'Nightly Load' } })),
    'the template name Nightly Load is not of 1 to 63 characters',
  ],
  [
    'the clean-up of something else',
    () => stackOf(imported, (stack) => ({ abort: hooks(stack, { name: 'other' }) })),
    'the abort of nightly is the function of other: name it nightly in defineHooks',
  ],
  [
    'a function that cleans nothing up',
    () => stackOf(imported, (stack) => ({ abort: hooks(stack, { hooks: [] }) })),
    'the function of nightly has no abort: write it in defineHooks, or do not give it',
  ],
]

test.each(rows)('%s is refused', (_title, make, message) => {
  expect(make).toThrow(message)
})

test('a name that a template has is refused', () => {
  const again = (stack: Stack) => {
    const control = new JobControl(stack, 'Control')
    control.machines.add(NAMED.name)
    AbortableStateMachine.attach(imported(stack), { control, template: NAMED })
  }
  const stack = new Stack(new App({ context: { [BUNDLES_CONTEXT]: bundles.folder } }), 'Test')
  expect(() => again(stack)).toThrow('the job template name nightly is taken: name each once')
})

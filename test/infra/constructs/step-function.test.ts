import { App, Duration, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import { beforeEach, expect, test } from 'vitest'
import { DRAFT_CONTEXT } from '#infra/bundle/code.ts'
import { AbortableJob } from '#infra/constructs/abortable-job.ts'
import { JobControl } from '#infra/constructs/job-control.ts'
import { type IStepFunction, StepFunction } from '#infra/constructs/step-function.ts'
import { defineStep } from '#sdk/index.ts'
import { type Properties, readable } from '../deployed.ts'

const handler = defineStep({
  name: 'book',
  abortable: 'boundary',
  run: async () => ({ booked: 1 }),
  async revert() {},
})

let stack: Stack
beforeEach(() => {
  const app = new App({ context: { [DRAFT_CONTEXT]: true }, autoSynth: false })
  stack = new Stack(app, 'Theirs')
})

const ownFunction = (timeout?: Duration): lambda.Function =>
  new lambda.Function(stack, 'Book', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('// bundled by whatever they like'),
    environment: { LEDGER: 'main' },
    ...(timeout ? { timeout } : {}),
  })
const longEnough = Duration.seconds(60)

function synthWith(step: IStepFunction): { fn: Properties; task: Properties } {
  const control = new JobControl(stack, 'JobControl')
  const template = { name: 'invoices', description: 'books' }
  new AbortableJob(stack, 'Invoices', { control, template, definition: (steps) => steps.task(step) })
  const made = Template.fromStack(stack)
  const [fn] = Object.values(
    made.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { LEDGER: 'main' } } },
    }),
  )
  const machines = Object.values(made.findResources('AWS::StepFunctions::StateMachine'))
  const definitions = machines.map(({ Properties }) => JSON.parse(readable(Properties.DefinitionString)))
  return { fn: fn?.Properties, task: definitions.find(({ States }) => States.book)?.States.book }
}

test('a function of one’s own is a step: it is told its table, and called by its version', () => {
  const { fn, task } = synthWith(StepFunction.of(ownFunction(longEnough), handler))
  expect(Object.keys(fn.Environment.Variables)).toEqual(
    expect.arrayContaining(['LEDGER', 'TABLE_NAME', 'LEASE_SECONDS', 'RETENTION_DAYS']),
  )
  expect(task.Resource).toMatch(/^<BookCurrentVersion/)
  expect(task.Parameters.standdown).toMatchObject({ step: 'book', abortable: 'boundary', hooks: ['revert'] })
})

test.each<[string, (fn: lambda.Function) => lambda.Alias | lambda.Version, RegExp]>([
  [
    'an alias',
    (fn) =>
      new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion as lambda.IVersion }),
    /^<Live/,
  ],
  ['a version', (fn) => fn.currentVersion, /^<BookCurrentVersion/],
])('%s is called as it is, and its function is told', (_, publish, resource) => {
  const { fn, task } = synthWith(StepFunction.of(publish(ownFunction(longEnough)), handler))
  expect(fn.Environment.Variables).toHaveProperty('TABLE_NAME')
  expect(task.Resource).toMatch(resource)
})

test('one that another app made cannot be told its table, and is refused', () => {
  const elsewhere = lambda.Function.fromFunctionArn(
    stack,
    'Elsewhere',
    'arn:aws:lambda:eu-west-1:111122223333:function:book',
  )
  expect(() => StepFunction.of(elsewhere, handler)).toThrow(
    /Theirs\/Elsewhere of the step book was made elsewhere.*steps\.external\('book'/,
  )
})

test('one that says of no step is refused, with the two ways to make it one', () => {
  expect(() => synthWith(ownFunction() as unknown as IStepFunction)).toThrow(
    /Theirs\/Book says of no step: give StepFunction\.of\(fn, handler\).*steps\.external\(\)/,
  )
})

test.each([
  ['the time of a function that names none', undefined, 3],
  ['five seconds', Duration.seconds(5), 5],
])('%s leaves a step none for its work, and is refused', (_, timeout, seconds) => {
  expect(() => synthWith(StepFunction.of(ownFunction(timeout), handler))).toThrow(
    `the function Theirs/Book has ${seconds} seconds, of which a step keeps the last 5 for its last writes`,
  )
})

import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { expect, test } from 'vitest'
import { STEP_PARAMETERS } from '#core/template.ts'
import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { type Author, render } from '../render.ts'

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:child'
const boundary = { abortable: 'boundary' } as const

type Props = Partial<tasks.StepFunctionsStartExecutionProps>

const start = ({ stack }: Author, props: Props = {}) =>
  new tasks.StepFunctionsStartExecution(stack, 'child', {
    stateMachine: sfn.StateMachine.fromStateMachineArn(stack, 'ChildMachine', ARN),
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    ...props,
  })

const markOf = (state: StateJson | undefined) => state?.Parameters?.[STEP_PARAMETERS]
const nameIn = (scope: ScopeJson) => scope.States['child (task)']?.Parameters?.['Name.$']

test('an execution that a step waits for is named by the job, its place and the try; its claim knows whose they are', () => {
  const machine = render((author) =>
    author
      .step('work')
      .next(author.steps.external('child', start(author).addRetry({ maxAttempts: 2 }), boundary)),
  )
  expect(nameIn(machine)).toBe("States.Format('{}-2-{}', $$.Execution.Name, $$.State.RetryCount)")
  expect(markOf(machine.States.child)).toMatchObject({
    hooks: ['abort'],
    external: { child: { machine_arn: ARN, tries: 3 } },
  })
})

test('in a Map the index is in the name', () => {
  const machine = render((author) =>
    author.steps
      .map('Each', { items: '$.list' })
      .itemProcessor(author.steps.external('child', start(author), boundary)),
  )
  expect(nameIn(machine.States.Each!.ItemProcessor!)).toBe(
    "States.Format('{}-1-{}-{}', $$.Execution.Name, $.index, $$.State.RetryCount)",
  )
})

test('an execution that is started and not waited for is nobody to stop', () => {
  const props = { integrationPattern: sfn.IntegrationPattern.REQUEST_RESPONSE }
  const chain = (author: Author) => author.step('work').next(author.steps.ungated(start(author, props)))
  expect(render(chain).States).toHaveProperty('child')
})

type Row = [title: string, chain: (author: Author) => sfn.IChainable, message: string]
const external = (props: Props) => (author: Author) =>
  author.steps.external('child', start(author, props), boundary)
const rows: Row[] = [
  [
    'one that is no step',
    (author) => author.step('work').next(start(author)),
    'the state child waits for an execution of its own (startExecution.sync), which an abort of this job would stop only as best effort',
  ],
  [
    'one that is said to be none',
    (author) => author.step('work').next(author.steps.ungated(start(author))),
    'make it a step with steps.external(), so that it is stopped, told and waited for',
  ],
  [
    'one with a name of its own',
    external({ name: 'mine' }),
    'the external step child names the execution that it starts: leave the name out',
  ],
  [
    'one that may be tried more often than can be looked for',
    (author) => author.steps.external('child', start(author).addRetry({ maxAttempts: 30 }), boundary),
    'the external step child may start 31 executions by its Retry: 20 at most',
  ],
  [
    'one in a loop',
    (author) => {
      const child = author.steps.external('child', start(author, { resultPath: '$.child' }), boundary)
      const again = new sfn.Choice(author.stack, 'Again?')
      const isAgain = sfn.Condition.booleanEquals('$.child.again', true)
      return child.next(again.when(isAgain, child).otherwise(author.step('last')))
    },
    'the job test: the external step child waits for executions in a loop',
  ],
  [
    'one in a Map whose input hides its index',
    (author) =>
      author.steps
        .map('Each', { items: '$.list' })
        .itemProcessor(author.steps.external('child', start(author, { inputPath: '$.item' }), boundary)),
    'the external step child in a Map has an inputPath, which hides $.index',
  ],
]

test.each(rows)('%s is refused', (_title, chain, message) => {
  expect(() => render(chain)).toThrow(message)
})

import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { expect, test } from 'vitest'
import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { abortableDefinition } from '#infra/asl/transform.ts'
import { type Author, render } from '../render.ts'

type Row = [title: string, chain: (author: Author) => sfn.IChainable, message: string]

const rows: Row[] = [
  [
    'a chain without steps',
    ({ stack }) => new sfn.Pass(stack, 'Nothing'),
    'the job test: its chain has no step: make at least one with steps.task() or steps.external()',
  ],
  [
    'a step in a Map that was not made by steps.map()',
    ({ stack, step }) => new sfn.Map(stack, 'Each', { itemsPath: '$.list' }).itemProcessor(step('child')),
    'the job test: the Map Each has steps inside: make it with steps.map()',
  ],
  [
    'a chain that can only fail',
    ({ stack, step }) => step('work').next(new sfn.Fail(stack, 'Failed', { error: 'Always' })),
    'the job test: no way through its chain ends well: let one end without Fail, so that it can commit',
  ],
  [
    'a step name that is no name for people and keys',
    ({ step }) => step('Copy Objects'),
    'the job test: the step name Copy Objects is not of 1 to 64 characters of a-z, 0-9 and -',
  ],
  [
    'a state name that is ours',
    ({ stack, step }) => step('work').next(new sfn.Pass(stack, 'Standdown commit')),
    'the job test: the state name Standdown commit is reserved: begin it with another word',
  ],
  [
    'a step in a Map that drops its index',
    ({ steps, step }) =>
      steps.map('Each', { items: '$.list' }).itemProcessor(step('child', { outputPath: '$.item' })),
    'the job test: the step child in a Map drops $.index: give it a resultPath below $, and no outputPath',
  ],
  [
    'a JSONata state',
    ({ stack, step }) => step('work').next(sfn.Pass.jsonata(stack, 'Query', { outputs: '{% $x %}' })),
    'the job test: the state Query is JSONata: only JSONPath states can be made abortable',
  ],
]

test.each(rows)('%s is refused', (_title, chain, message) => {
  expect(() => render(chain)).toThrow(message)
})

test("a Map's own keys cannot be selected again", () => {
  const chain = ({ steps }: Author) =>
    steps.map('Each', { items: '$.list', itemSelector: { 'index.$': '$.i' } })
  expect(() => render(chain)).toThrow('the Map Each selects index.$ itself')
})

test('a rank that is no path within an item is refused', () => {
  const chain = ({ steps, step }: Author) =>
    steps.map('Each', { items: '$.list', rank: 'rank' }).itemProcessor(step('child'))
  expect(() => render(chain)).toThrow('the rank rank of the Map Each is no path within an item')
})

const marked = (step: string): StateJson => ({
  Type: 'Task',
  Parameters: { standdown: { step, abortable: 'boundary' } },
  End: true,
})
const machine = (States: Record<string, StateJson>): ScopeJson => ({ StartAt: 'both', States })
const job = {
  template: { name: 'test', description: '', input_schema: null },
  commitArn: 'arn',
  externalArn: 'arn',
  outside: new Map(),
}

test('a step in the iterator of old is refused', () => {
  const each = { Type: 'Map', Iterator: { StartAt: 'child', States: { child: marked('child') } }, End: true }
  expect(() => abortableDefinition(machine({ each }), job)).toThrow('the Map each has an iterator')
})

test('two steps of one name in two branches are refused', () => {
  const branch = { StartAt: 'same', States: { same: marked('same') } }
  const both = { Type: 'Parallel', Branches: [branch, branch], End: true }
  expect(() => abortableDefinition(machine({ both }), job)).toThrow('two of its steps are named same')
})

test('a state that a fragment renamed no longer runs its step', () => {
  expect(() => abortableDefinition(machine({ both: marked('copy') }), job)).toThrow(
    "the state both runs the step copy: a step's state has its name",
  )
})

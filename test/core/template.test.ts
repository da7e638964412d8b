import { expect, test } from 'vitest'
import { parseTemplate } from '#core/template.ts'

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
const task = (step: string, order: number, more: object = {}) => ({
  Type: 'Task',
  Resource: `arn:${step}`,
  Parameters: { standdown: { step, order, abortable: 'checkpoint', ...more } },
})
const comment = (more: object = {}) =>
  JSON.stringify({ standdown: { name: 'demo', description: 'what it does', input_schema: null, ...more } })
const definition = (States: object, Comment: string | undefined = comment()) =>
  JSON.stringify({ Comment, StartAt: 'A', States })

test('steps are found in a Parallel and a Map, in the order of the chain', () => {
  const template = parseTemplate(
    MACHINE,
    definition({
      Fan: {
        Type: 'Parallel',
        Branches: [
          { States: { C: task('c', 2) } },
          { States: { B: task('b', 2, { irreversible: 'gone' }) } },
        ],
      },
      Each: { Type: 'Map', ItemProcessor: { States: { D: task('d', 3, { abortable: 'never' }) } } },
      First: task('a', 1),
      Pause: { Type: 'Wait', Seconds: 1 },
      Other: { Type: 'Task', Resource: 'arn:other', Parameters: {} },
    }),
  )
  expect(template.steps.map((step) => [step.name, step.order, step.mapped])).toEqual([
    ['a', 1, false],
    ['b', 2, false],
    ['c', 2, false],
    ['d', 3, true],
  ])
  expect(template.steps[1]).toMatchObject({ irreversible: 'gone', function_arn: 'arn:b' })
  expect(template.steps[3]).toMatchObject({ abortable: 'never', irreversible: null })
})

test('both modes are offered unless the template says otherwise', () => {
  expect(parseTemplate(MACHINE, definition({})).abort_modes).toEqual(['graceful', 'force'])
  const forced = parseTemplate(MACHINE, definition({}, comment({ abort_modes: ['force'] })))
  expect(forced).toMatchObject({ name: 'demo', abort_modes: ['force'], state_machine_arn: MACHINE })
})

test.each([
  ['no comment', JSON.stringify({ States: {} })],
  ['a comment of words', definition({}, 'my own machine')],
  ['a comment of other JSON', definition({}, '{"a":1}')],
])('a machine with %s is not taken for a template', (_title, text) => {
  expect(() => parseTemplate(MACHINE, text)).toThrow('was not made by an AbortableJob')
})

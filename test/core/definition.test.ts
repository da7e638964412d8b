import { expect, test } from 'vitest'
import { definitionOf } from '#core/definition.ts'

const parsed = (definition: object) => definitionOf(JSON.parse(JSON.stringify(definition)))

test('a definition keeps who follows whom, and nothing of what a state does', () => {
  const definition = {
    Comment: '{"standdown":{}}',
    StartAt: 'Copy',
    TimeoutSeconds: 60,
    States: {
      Copy: {
        Type: 'Task',
        Resource: 'arn:copy',
        Parameters: { standdown: { step: 'copy' }, 'input.$': '$' },
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        Catch: [{ ErrorEquals: ['JobAborted'], Next: 'Standdown parked', ResultPath: null }],
        Next: 'Done?',
      },
      'Done?': {
        Type: 'Choice',
        Comment: 'is there more',
        Choices: [{ Variable: '$.n', NumericEquals: 1, Next: 'Copy' }],
        Default: 'Pause',
      },
      Pause: { Type: 'Wait', Seconds: 3, End: true },
      'Standdown parked': { Type: 'Wait', Seconds: 60, End: true },
    },
  }
  expect(parsed(definition)).toEqual({
    StartAt: 'Copy',
    States: {
      Copy: {
        Type: 'Task',
        Catch: [{ ErrorEquals: ['JobAborted'], Next: 'Standdown parked' }],
        Next: 'Done?',
        step: 'copy',
      },
      'Done?': { Type: 'Choice', Comment: 'is there more', Choices: [{ Next: 'Copy' }], Default: 'Pause' },
      Pause: { Type: 'Wait', End: true },
      'Standdown parked': { Type: 'Wait', End: true, added: true },
    },
  })
})

test('what runs inside a Parallel and a Map is kept, however deep', () => {
  const inner = { StartAt: 'A', States: { A: { Type: 'Task', Resource: 'arn:a', End: true } } }
  const each = { Type: 'Map', ItemProcessor: inner, ItemsPath: '$.items', End: true }
  const both = { Type: 'Parallel', Branches: [{ StartAt: 'Each', States: { Each: each } }], End: true }
  const a = { StartAt: 'A', States: { A: { Type: 'Task', End: true } } }
  expect(parsed({ StartAt: 'Both', States: { Both: both } }).States.Both).toEqual({
    Type: 'Parallel',
    Branches: [{ StartAt: 'Each', States: { Each: { Type: 'Map', ItemProcessor: a, End: true } } }],
    End: true,
  })
})

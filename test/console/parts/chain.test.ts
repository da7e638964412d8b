import { expect, test } from 'vitest'
import { chainOf, type Definition } from '../../../console/src/graph/chain.ts'

const step = (name: string, Next?: string) =>
  ({ Type: 'Task', step: name, ...(Next ? { Next } : { End: true }) }) as const

const STOPPED = { ErrorEquals: ['JobAborted'], Next: 'parked' }
const FAILED = { ErrorEquals: ['States.ALL'], Next: 'mend' }

const DEFINITION: Definition = {
  StartAt: 'Small?',
  States: {
    'Small?': { Type: 'Choice', Choices: [{ Next: 'copy' }], Default: 'Pause' },
    Pause: { Type: 'Wait', Next: 'Both' },
    Both: {
      Type: 'Parallel',
      Next: 'Each',
      Branches: [
        { StartAt: 'left', States: { left: step('left') } },
        { StartAt: 'right', States: { right: step('right') } },
      ],
    },
    Each: {
      Type: 'Map',
      Next: 'copy',
      ItemProcessor: { StartAt: 'item', States: { item: step('item') } },
    },
    copy: { ...step('copy', 'commit'), Catch: [STOPPED, FAILED] },
    mend: { ...step('mend', 'commit') },
    parked: { Type: 'Wait', End: true, added: true },
    commit: { Type: 'Task', End: true, added: true },
  },
}

test('a chain has every kind of state that its author wrote, and what a stopped step leads to is left out', () => {
  const { nodes } = chainOf(DEFINITION)
  expect(nodes.map(({ name, kind }) => [name, kind])).toEqual([
    ['Start', 'start'],
    ['Small?', 'choice'],
    ['Pause', 'wait'],
    ['copy', 'step'],
    ['Both', 'parallel'],
    ['Commit', 'commit'],
    ['mend', 'step'],
    ['Each', 'map'],
    ['End', 'end'],
  ])
  expect(nodes.find(({ name }) => name === 'Both')?.steps).toEqual(['left', 'right'])
  expect(nodes.find(({ name }) => name === 'Each')?.steps).toEqual(['item'])
})

test('an edge leads along every way on, those of a Catch apart', () => {
  const { edges } = chainOf(DEFINITION)
  const ways = edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`)
  expect(ways).toContain('/Small? next /copy')
  expect(ways).toContain('/Small? next /Pause')
  expect(ways).toContain('/copy catch /mend')
  expect(ways).toContain('/commit next end')
  expect(ways.filter((way) => way.includes('parked'))).toEqual([])
})

import { describe, expect, test } from 'vitest'
import type { Outcome } from '#core/outcome.ts'
import type { State } from '#core/states.ts'

/** One cell of a transition table: what the event makes of an item in that state. */
export type Transition = { state: string; event: string; outcome: string }

type Reduced = { state: State; version: number; epoch: number }

export type Reducer<Item extends Reduced, Event> = {
  next(item: Item | undefined, event: Event): Outcome<Item>
  /** An item for each column of the tables, an event for each row. */
  items: Record<string, Item>
  events: Record<string, Event>
  edges: Record<State, readonly State[]>
  /** The items whose clean-up is repeated: they may be written although they have ended. */
  cleanedAgain: string[]
}

/**
 * The cells of markdown tables whose columns are states and whose rows are events. A cell is `-> STATE` where
 * the event moves the item there, `written` where it changes the item but not its state, `same` where it changes
 * nothing, and `refused: reason`.
 */
export function transitionsIn(tables: string): Transition[] {
  return tables
    .trim()
    .split(/\n\s*\n/)
    .flatMap((table) => {
      const [[, ...states] = [], , ...rows] = table.split('\n').map(cellsOf)
      return rows.flatMap(([event = '', ...cells]) =>
        cells.map((outcome, i) => ({ state: states[i] ?? '', event, outcome })),
      )
    })
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** The transitions that write the item: after a lost reply each of them comes a second time. */
export const writesIn = (transitions: Transition[]): Transition[] =>
  transitions.filter(({ outcome }) => outcome === 'written' || outcome.startsWith('-> '))

/** An outcome as the cell of a table says it. */
export function cellOf(before: { state: State } | undefined, outcome: Outcome<{ state: State }>): string {
  if (outcome.kind === 'refused') return `refused: ${outcome.reason}`
  if (outcome.kind === 'same') return 'same'
  return outcome.item.state === before?.state ? 'written' : `-> ${outcome.item.state}`
}

/** A test for each cell, and one that no state and no event is left out. */
export function testTransitions<Item extends Reduced, Event>(
  transitions: Transition[],
  { next, items, events, edges, cleanedAgain }: Reducer<Item, Event>,
): void {
  describe('every event in every state', () => {
    test('has a cell', () => {
      const pairs = Object.keys(items).flatMap((state) => Object.keys(events).map((event) => [state, event]))
      expect(transitions.map(({ state, event }) => [state, event]).sort()).toEqual(pairs.sort())
    })

    test.each(transitions)('$state, then $event: $outcome', ({ state, event, outcome: expected }) => {
      const before = items[state]!
      const outcome = next(before, events[event]!)
      expect(cellOf(before, outcome)).toBe(expected)
      if (outcome.kind !== 'write') return expect(outcome.item).toBe(before)
      const { item } = outcome
      if (!cleanedAgain.includes(state)) {
        expect(edges[before.state], 'the state has a way out').not.toEqual([])
      }
      expect([before.state, ...edges[before.state]]).toContain(item.state)
      expect(item.version).toBe(before.version + 1)
      expect(item.epoch).toBeGreaterThanOrEqual(before.epoch)
    })
  })
}

import { expect, test } from 'vitest'
import type { InvalidPart } from '#core/errors.ts'
import { MemoryDoorRecords } from '#engine/memory/door-records.ts'
import { type Graph, graphOf } from '#functions/doors/watcher/plan/graph.ts'
import { ask } from '#functions/doors/watcher/run/ask.ts'
import {
  asked,
  newlyTold,
  newSchedule,
  type Schedule,
  type Told,
} from '#functions/doors/watcher/run/schedule.ts'

const planned = (parents: number[][]): Graph | InvalidPart[] =>
  graphOf(parents.map((given, at) => ({ uuid: `a${at}`, parents: given.map((place) => `a${place}`) })))

function graph(...parents: number[][]): Graph {
  const made = planned(parents)
  if (Array.isArray(made)) throw new Error(made[0]?.detail)
  return made
}

/** Workers that ask in turns, each question later than the one before. */
class Workers {
  schedule: Schedule
  private clock = 0
  private readonly graph: Graph

  constructor(graph: Graph) {
    this.graph = graph
    this.schedule = newSchedule(graph.ranks.length)
  }

  ask(worker: number, failed = false): Told | null {
    this.clock += 1
    const question = { worker, asked_at: `t${this.clock}`, token: `token-${this.clock}`, failed }
    this.schedule = asked(this.schedule, this.graph, question)
    return this.told(worker)
  }

  told(worker: number): Told | null {
    return this.schedule.workers[worker]?.told ?? null
  }
}

test('an action is given once all of its parents have succeeded, and never to two workers', () => {
  const workers = new Workers(graph([], [], [0, 1], [2]))
  expect([workers.ask(0), workers.ask(1), workers.ask(2)]).toEqual([0, 1, null])
  expect(workers.ask(0)).toBeNull()
  expect(workers.ask(1)).not.toBe(workers.told(0))
  expect([workers.told(0), workers.told(1), workers.told(2)].filter((told) => told === 2)).toHaveLength(1)
})

test('a chain does not wait for another one', () => {
  const workers = new Workers(graph([], [], [1], [2]))
  expect([workers.ask(0), workers.ask(1)]).toEqual([0, 1])
  expect([workers.ask(1), workers.ask(1)]).toEqual([2, 3])
  expect(workers.told(0)).toBe(0)
})

test('who waits is told when another worker’s end makes an action ready', () => {
  const workers = new Workers(graph([], [0], [0]))
  expect([workers.ask(0), workers.ask(1)]).toEqual([0, null])
  workers.ask(0)
  expect([workers.told(0), workers.told(1)].sort()).toEqual([1, 2])
})

test('all are dismissed once nothing runs and nothing can be begun', () => {
  const workers = new Workers(graph([], []))
  expect([workers.ask(0), workers.ask(1), workers.ask(2)]).toEqual([0, 1, null])
  expect(workers.ask(0)).toBeNull()
  expect(workers.told(2)).toBeNull()
  workers.ask(1)
  expect([0, 1, 2].map((worker) => workers.told(worker))).toEqual(['done', 'done', 'done'])
})

test('after a failure the rest goes on, what rests on it is never begun, and then the plan has failed', () => {
  const workers = new Workers(graph([], [], [0], [2], [1]))
  expect([workers.ask(0), workers.ask(1)]).toEqual([0, 1])
  expect(workers.ask(0, true)).toBeNull()
  expect([workers.ask(1), workers.told(0)]).toEqual([null, 4])
  workers.ask(0)
  expect([workers.told(0), workers.told(1)]).toEqual(['failed', 'failed'])
  expect(workers.schedule.marks).toEqual(['failed', 'succeeded', 'never', 'never', 'succeeded'])
})

test('a question that comes again is answered as before, by its new token, and tells others again', () => {
  const chart = graph([], [0], [0])
  const first = asked(newSchedule(3), chart, { worker: 0, asked_at: 't1', token: 'a', failed: false })
  const both = asked(first, chart, { worker: 1, asked_at: 't1', token: 'b', failed: false })
  const ended = { worker: 0, asked_at: 't2', token: 'c', failed: false }
  const after = asked(both, chart, ended)
  expect(newlyTold(both, after, ended).map(({ token, told }) => [token, told])).toEqual([
    ['c', 1],
    ['b', 2],
  ])
  const again = { ...ended, token: 'd' }
  const repeated = asked(after, chart, again)
  expect(repeated.marks).toEqual(after.marks)
  expect(newlyTold(after, repeated, again).map(({ token, told }) => [token, told])).toEqual([
    ['d', 1],
    ['b', 2],
  ])
})

test('a question tells only what it has changed', () => {
  const chart = graph([], [])
  const first = asked(newSchedule(2), chart, { worker: 0, asked_at: 't1', token: 'a', failed: false })
  const question = { worker: 1, asked_at: 't1', token: 'b', failed: false }
  expect(newlyTold(first, asked(first, chart, question), question).map(({ token }) => token)).toEqual(['b'])
})

test('forty workers that ask at once are all heard', async () => {
  const records = new MemoryDoorRecords()
  const chart = graph(...Array.from({ length: 40 }, () => []))
  const told = await Promise.all(
    Array.from({ length: 40 }, (_, worker) =>
      ask(
        records,
        { job: 'job', graph: chart },
        { worker, asked_at: 't', token: `${worker}`, failed: false },
      ),
    ),
  )
  expect(new Set(told.flat().map((worker) => worker.told)).size).toBe(40)
})

test('a parent that another parent rests on counts for the order alone', () => {
  expect(graph([], [0], [0, 1])).toEqual({ parents: [[], [0], [1]], ranks: [0, 1, 2] })
})

test('500 actions that all rest on all before them are ordered at once', () => {
  const parents = Array.from({ length: 500 }, (_, at) => Array.from({ length: at }, (_, place) => place))
  expect(graph(...parents).ranks.at(-1)).toBe(499)
})

test.each<[string, number[][], string]>([
  ['a cycle', [[], [2], [1]], '/actions/1/parents'],
  ['an action that is its own parent', [[0]], '/actions/0/parents'],
])('%s is told by a pointer', (_, parents, pointer) => {
  expect(planned(parents)).toEqual([expect.objectContaining({ pointer })])
})

test('an unknown parent, and a uuid given twice, are told by pointers', () => {
  expect(graphOf([{ uuid: 'a', parents: ['b'] }])).toMatchObject([{ pointer: '/actions/0/parents/0' }])
  const twice = [
    { uuid: 'a', parents: [] },
    { uuid: 'a', parents: [] },
  ]
  expect(graphOf(twice)).toMatchObject([{ pointer: '/actions/1/uuid' }])
})

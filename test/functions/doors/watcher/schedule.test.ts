import { expect, test } from 'vitest'
import type { InvalidPart } from '#core/errors.ts'
import { MemoryDoorRecords } from '#engine/memory/door-records.ts'
import { type Graph, graphOf } from '#functions/doors/watcher/plan/graph.ts'
import { ask } from '#functions/doors/watcher/run/ask.ts'
import {
  asked,
  newSchedule,
  type Question,
  type Schedule,
  type Told,
  tellings,
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
  expect([workers.ask(1), workers.told(0)]).toEqual([4, null])
  workers.ask(1)
  expect([workers.told(0), workers.told(1)]).toEqual(['failed', 'failed'])
  expect(workers.schedule.marks).toEqual(['failed', 'succeeded', 'never', 'never', 'succeeded'])
})

const ofTokens = (schedule: Schedule, question: Question) =>
  tellings(schedule, question).map(({ token, told }) => [token, told])
const question = (worker: number, at: string, token: string): Question => ({
  worker,
  asked_at: at,
  token,
  failed: false,
})

test('who asks comes first, and is told last: where another is not reached its question comes again', () => {
  const chart = graph([], [0], [0])
  const first = asked(newSchedule(3), chart, question(1, 't1', 'a'))
  const both = asked(first, chart, question(0, 't1', 'b'))
  const ended = question(1, 't2', 'c')
  const after = asked(both, chart, ended)
  const answers = [
    ['b', 2],
    ['c', 1],
  ]
  expect(ofTokens(after, ended)).toEqual(answers)
  const again = { ...ended, token: 'd' }
  const repeated = asked(after, chart, again)
  expect(repeated).toBe(after)
  expect(ofTokens(repeated, again)).toEqual([
    ['b', 2],
    ['d', 1],
  ])
})

test('a worker that waits and asks again is told by its new token', () => {
  const chart = graph([], [0], [0])
  const waiting = [question(0, 't1', 'a'), question(1, 't1', 'b'), question(1, 't1', 'c')]
  const before = waiting.reduce((schedule, one) => asked(schedule, chart, one), newSchedule(3))
  const ended = question(0, 't2', 'd')
  expect(ofTokens(asked(before, chart, ended), ended)).toEqual([
    ['c', 2],
    ['d', 1],
  ])
})

test('a question tells only what it has changed', () => {
  const chart = graph([], [])
  const first = asked(newSchedule(2), chart, question(0, 't1', 'a'))
  const second = question(1, 't1', 'b')
  expect(ofTokens(asked(first, chart, second), second)).toEqual([['b', 1]])
})

test('a question from before the last one ends nothing and tells nobody', () => {
  const chart = graph([], [], [])
  const at = (second: number): string => `2026-11-26T10:00:0${second}.5Z`
  const early = question(0, '2026-11-26T10:00:01Z', 'a')
  const before = [early, question(0, at(2), 'b')].reduce(
    (schedule, one) => asked(schedule, chart, one),
    newSchedule(3),
  )
  expect(before.marks).toEqual(['succeeded', 'given', 'waits'])
  expect(asked(before, chart, early)).toBe(before)
  expect(tellings(before, early)).toEqual([])
})

test('a token is kept while others may have to use it, and no longer', () => {
  const chart = graph([], [0], [0], [1], [2])
  const tokensOf = ({ workers }: Schedule) => Object.values(workers).map(({ token }) => token ?? null)
  const turns = [
    { turn: question(0, 't1', 'a'), tokens: [null] },
    { turn: question(1, 't1', 'b'), tokens: [null, 'b'] },
    { turn: question(0, 't2', 'c'), tokens: [null, 'b'] },
    { turn: question(0, 't3', 'd'), tokens: [null, null] },
  ]
  let schedule = newSchedule(5)
  for (const { turn, tokens } of turns) {
    schedule = asked(schedule, chart, turn)
    expect(tokensOf(schedule)).toEqual(tokens)
  }
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

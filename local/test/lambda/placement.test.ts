import { expect, test } from 'vitest'
import { chooseNext, type Demand } from '#local/lambda/placement.ts'

const demand = (name: string, waiting: number, busy: number, idle: number): Demand => ({
  name,
  waiting,
  busy,
  idle,
  mayStart: true,
})

test.each<[string, Demand[], number, ReturnType<typeof chooseNext>]>([
  ['nothing waits: nothing to do', [demand('a', 0, 1, 1)], 4, undefined],
  ['a warm environment is used', [demand('a', 1, 0, 1)], 1, { name: 'a' }],
  ['a new one is started while there is room', [demand('a', 1, 3, 0)], 4, { name: 'a' }],
  ['what is not worth a start waits', [{ ...demand('a', 1, 1, 0), mayStart: false }], 4, undefined],
  ['and gets a warm one', [{ ...demand('a', 1, 1, 1), mayStart: false }], 4, { name: 'a' }],
  ['at the limit all wait', [demand('a', 1, 4, 0)], 4, undefined],
  [
    'the last place is kept for the one with none',
    [demand('a', 1, 3, 0), demand('b', 0, 0, 0)],
    4,
    undefined,
  ],
  ['who has none takes the kept place', [demand('a', 1, 3, 0), demand('b', 1, 0, 0)], 4, { name: 'b' }],
  [
    'who has none takes an idle one of another',
    [demand('a', 0, 3, 1), demand('b', 1, 0, 0)],
    4,
    { name: 'b', evict: 'a' },
  ],
  [
    'the one with fewer running goes first',
    [demand('a', 9, 3, 1), demand('b', 1, 1, 0)],
    5,
    { name: 'b', evict: 'a' },
  ],
  ['on a tie nobody is evicted', [demand('b', 5, 2, 0), demand('a', 5, 2, 1)], 5, { name: 'a' }],
  [
    'idle ones can make room for those with none, so a place need not be kept',
    [demand('a', 1, 1, 0), demand('b', 0, 0, 4), demand('c', 0, 0, 0), demand('d', 0, 0, 0)],
    6,
    { name: 'a' },
  ],
  [
    'the only environment of another is not taken by who has one',
    [demand('a', 1, 3, 0), demand('b', 0, 0, 1)],
    4,
    undefined,
  ],
])('%s', (_title, demands, limit, choice) => {
  expect(chooseNext(demands, limit)).toEqual(choice)
})

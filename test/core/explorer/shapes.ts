import type { ChainStep, Model } from './model.ts'

const step = (name: string, order: number, ...after: string[]): ChainStep => ({ name, order, after })

/** The chains that are explored; `fork` and `diamond` hold a Parallel. */
export const CHAINS = {
  one: [step('A', 1)],
  two: [step('A', 1), step('B', 2, 'A')],
  pair: [step('B', 1), step('C', 1)],
  fork: [step('A', 1), step('B', 2, 'A'), step('C', 2, 'A')],
  diamond: [step('A', 1), step('B1', 2, 'A'), step('B2', 3, 'B1'), step('C1', 2, 'A'), step('C2', 3, 'C1')],
}

const PLAIN = {
  rollback: false,
  mutation: 'none',
  started: false,
  abortable: 'checkpoint',
  external: false,
  hangs: false,
  deadline: false,
  adopted: false,
  caught: false,
} as const

export const modelOf = (
  chain: keyof typeof CHAINS,
  budget: Model['budget'],
  rest: Partial<Model> = {},
): Model => ({ ...PLAIN, ...rest, chain: CHAINS[chain], budget })

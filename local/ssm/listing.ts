import { type CommandRecord, isOpen } from './record.ts'
import { type Input, invalid } from './requests.ts'

type Filter = { key: string; value: string }

const TESTS: Record<string, (command: CommandRecord, value: string) => boolean> = {
  InvokedAfter: ({ requestedAt }, value) => requestedAt > Date.parse(value),
  InvokedBefore: ({ requestedAt }, value) => requestedAt < Date.parse(value),
  DocumentName: ({ document }, value) => document === value,
  ExecutionStage: ({ invocations }, value) => invocations.some(isOpen) === (value === 'Executing'),
}
const MAX_RESULTS = 50

/** A page of what the filters let through; the token is where the next one begins. */
export function listed<Item extends CommandRecord>(items: Item[], input: Input) {
  const filters = (input.Filters ?? []) as Filter[]
  const found = items.filter((item) => filters.every(({ key, value }) => testOf(key)(item, value)))
  const { MaxResults = MAX_RESULTS } = input
  if (!Number.isInteger(MaxResults) || Number(MaxResults) < 1 || Number(MaxResults) > MAX_RESULTS) {
    throw invalid(`MaxResults is a whole number from 1 to ${MAX_RESULTS}`)
  }
  const from = Number(input.NextToken ?? 0)
  const to = from + Number(MaxResults)
  return { items: found.slice(from, to), NextToken: to < found.length ? String(to) : '' }
}

function testOf(key: string) {
  const test = Object.hasOwn(TESTS, key) ? TESTS[key] : undefined
  if (test) return test
  throw invalid(`the filter ${key} does not run here; there is ${Object.keys(TESTS).join(', ')}`)
}

import type { Body, State } from './definition.ts'
import { evaluate, fillTemplate } from './evaluate.ts'
import { contextOf, note, openGroup, type Performance, type Performed } from './flow.ts'
import { StateFailure, Stopped } from './state-failure.ts'

/** Inline Maps run at most 40 items at once. */
const MAP_LIMIT = 40

type Group = ReturnType<typeof openGroup>

/** Ends when all flows have: with their results, or with the first failure after the others were stopped. */
async function together(group: Group, flows: Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(flows)
  } catch (error) {
    await Promise.allSettled(flows)
    throw group.failure ?? error
  } finally {
    group.close()
  }
}

export async function performParallel(performance: Performance, input: unknown): Promise<Performed> {
  const { visit, state, context, runStates } = performance
  const { flow } = visit
  const data = state.Parameters === undefined ? input : await fillTemplate(state.Parameters, input, context)
  const started = note(flow, 'ParallelStateStarted')
  const group = openGroup(flow)
  const results: unknown[] = []
  const branches = (state.Branches ?? []).map(async (branch, index) => {
    const own = group.fork(started)
    results[index] = await runStates(own, branch, { at: branch.StartAt, data }).catch(group.fail)
    flow.lastEvent = own.lastEvent
  })
  await together(group, branches).catch((error) => failNested(performance, 'ParallelStateFailed', error))
  note(flow, 'ParallelStateSucceeded')
  return { result: await selected(performance, results) }
}

export async function performMap(performance: Performance, input: unknown): Promise<Performed> {
  const { visit, state, context } = performance
  const { flow } = visit
  const items = state.ItemsPath === undefined ? input : await evaluate(state.ItemsPath, input, context)
  if (!Array.isArray(items)) {
    throw new StateFailure('States.Runtime', `the Map needs an array of items, but got ${kindOf(items)}`)
  }
  const limit = await concurrency(performance, input)
  const started = note(flow, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } })
  const group = openGroup(flow)
  const results: unknown[] = []
  let next = 0
  const work = async () => {
    while (next < items.length && !group.signal.aborted) {
      const index = next++
      results[index] = await iterate(performance, { group, started, index, value: items[index], input })
    }
    if (group.signal.aborted) throw new Stopped()
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, work)
  await together(group, workers).catch((error) => failNested(performance, 'MapStateFailed', error))
  note(flow, 'MapStateSucceeded')
  return { result: await selected(performance, results) }
}

const kindOf = (value: unknown) => (value === null ? 'null' : `a value of type ${typeof value}`)

async function concurrency({ state, context }: Performance, input: unknown): Promise<number> {
  const path = state.MaxConcurrencyPath
  const given = path === undefined ? (state.MaxConcurrency ?? 0) : await evaluate(path, input, context)
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0) {
    throw new StateFailure('States.Runtime', `MaxConcurrency is ${JSON.stringify(given)}, not a whole number`)
  }
  return given === 0 ? MAP_LIMIT : Math.min(given, MAP_LIMIT)
}

type Iteration = { group: Group; started: number; index: number; value: unknown; input: unknown }

async function iterate(performance: Performance, iteration: Iteration): Promise<unknown> {
  const { visit, state, runStates } = performance
  const flow = iteration.group.fork(iteration.started)
  const about = { name: visit.name, index: iteration.index }
  note(flow, 'MapIterationStarted', { mapIterationStartedEventDetails: about })
  try {
    const body = (state.ItemProcessor ?? state.Iterator) as Body
    const data = await itemInput(performance, iteration)
    const output = await runStates(flow, body, { at: body.StartAt, data })
    note(flow, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: about })
    visit.flow.lastEvent = flow.lastEvent
    return output
  } catch (error) {
    const ending = error instanceof Stopped ? 'Aborted' : 'Failed'
    note(flow, `MapIteration${ending}`, { [`mapIteration${ending}EventDetails`]: about })
    return iteration.group.fail(error)
  }
}

// `$$.Map` exists while the iteration's input is made, and nowhere else.
async function itemInput(
  { visit, state }: Performance,
  { index, value, input }: Iteration,
): Promise<unknown> {
  const template = itemTemplate(state)
  if (template === undefined) return value
  return fillTemplate(template, input, contextOf(visit, { Map: { Item: { Index: index, Value: value } } }))
}

function itemTemplate(state: State): unknown {
  return state.ItemSelector ?? state.Parameters
}

async function selected({ state, context }: Performance, results: unknown[]): Promise<unknown> {
  return state.ResultSelector === undefined ? results : fillTemplate(state.ResultSelector, results, context)
}

function failNested({ visit }: Performance, type: string, error: unknown): never {
  if (!(error instanceof Stopped)) note(visit.flow, type)
  throw error
}

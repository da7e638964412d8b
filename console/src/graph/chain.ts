import type { DefinitionView } from '#core/api/answers.ts'

/** As the API tells it. */
export type Definition = NonNullable<DefinitionView['definition']>
type DefinitionState = Definition['States'][string]

export type Kind =
  | 'start'
  | 'end'
  | 'step'
  | 'map'
  | 'parallel'
  | 'choice'
  | 'wait'
  | 'fail'
  | 'other'
  | 'commit'

/** One state of a machine. `steps`: those that it runs, of a Map also those of its items. */
export type ChainNode = {
  id: string
  kind: Kind
  name: string
  steps: string[]
  branches: Chain[]
  comment: string | null
}
export type ChainEdge = { from: string; to: string; kind: 'next' | 'catch' }
export type Chain = { nodes: ChainNode[]; edges: ChainEdge[] }

const KINDS: Record<string, Kind> = {
  Map: 'map',
  Parallel: 'parallel',
  Choice: 'choice',
  Wait: 'wait',
  Fail: 'fail',
}

/**
 * The graph of a machine as its author sees it: from its start along every way on, with the Catch edges to states of his
 * own. The states that only a stopped step leads to are left out.
 */
export function chainOf(definition: Definition, path = ''): Chain {
  const { StartAt, States } = definition
  const reached = reachedFrom(definition)
  const idOf = (name: string): string => `${path}/${name}`
  const nodes = reached.map((name) => nodeOf(idOf(name), name, States[name] as DefinitionState))
  const edges = reached.flatMap((name) =>
    waysOn(States, name).map(({ to, kind }) => ({ from: idOf(name), to: to && idOf(to), kind })),
  )
  if (path !== '') return { nodes, edges: edges.filter(({ to }) => to !== '') }
  const ends = edges.map((edge) => (edge.to === '' ? { ...edge, to: END.id } : edge))
  return {
    nodes: [START, ...nodes, END],
    edges: [{ from: START.id, to: idOf(StartAt), kind: 'next' }, ...ends],
  }
}

const point = (kind: 'start' | 'end'): ChainNode => ({
  id: kind,
  kind,
  name: kind === 'start' ? 'Start' : 'End',
  steps: [],
  branches: [],
  comment: null,
})
const START = point('start')
const END = point('end')

function reachedFrom({ StartAt, States }: Definition): string[] {
  const reached = new Set<string>()
  const open = [StartAt]
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (reached.has(name) || !States[name]) continue
    reached.add(name)
    open.push(...waysOn(States, name).flatMap(({ to }) => (to === '' ? [] : [to])))
  }
  return [...reached]
}

type Way = { to: string; kind: ChainEdge['kind'] }

/** Where a state leads to; the empty name is the end. */
function waysOn(states: Definition['States'], name: string): Way[] {
  const { Type, Next, End, Default, Choices = [], Catch = [] } = states[name] as DefinitionState
  const next = [Next, Default, ...Choices.map((choice) => choice.Next)].filter((to) => to !== undefined)
  const last = End || Type === 'Succeed' || Type === 'Fail' ? [''] : []
  const caught = Catch.map((one) => one.Next).filter((to) => !states[to]?.added && !next.includes(to))
  return [
    ...[...new Set([...next, ...last])].map((to): Way => ({ to, kind: 'next' })),
    ...[...new Set(caught)].map((to): Way => ({ to, kind: 'catch' })),
  ]
}

function nodeOf(id: string, name: string, state: DefinitionState): ChainNode {
  const comment = state.Comment ?? null
  if (state.added) return { id, kind: 'commit', name: 'Commit', steps: [], branches: [], comment }
  const scopes = [...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])]
  const branches = scopes.map((scope, i) => chainOf(scope, `${id}/${i}`))
  const inner = branches.flatMap(({ nodes }) => nodes.flatMap(({ steps }) => steps))
  const steps = state.step ? [state.step] : inner
  return { id, kind: state.step ? 'step' : (KINDS[state.Type] ?? 'other'), name, steps, branches, comment }
}

import { Graph, layout } from '@dagrejs/dagre'
import type { Chain, ChainEdge, ChainNode, Kind } from './chain.ts'

export type Direction = 'LR' | 'TB'
export type Size = { width: number; height: number }
export type Placed = Size & { node: ChainNode; x: number; y: number; parent: string | null }
export type Layout = Size & { placed: Placed[]; edges: ChainEdge[] }

const SIZES: Record<Kind, Size> = {
  start: { width: 46, height: 30 },
  end: { width: 46, height: 30 },
  step: { width: 152, height: 76 },
  map: { width: 166, height: 86 },
  parallel: { width: 160, height: 44 },
  choice: { width: 146, height: 42 },
  wait: { width: 140, height: 42 },
  fail: { width: 140, height: 42 },
  other: { width: 146, height: 42 },
  commit: { width: 104, height: 42 },
}

const TITLE = 34
const GAP = 16

/** Places every state of a chain; the branches of a Parallel within it, beside each other. */
export function layoutOf(chain: Chain, direction: Direction): Layout {
  const inner = new Map(chain.nodes.map((node) => [node.id, branchesOf(node, direction)]))
  const sizeOf = (node: ChainNode): Size => inner.get(node.id) ?? SIZES[node.kind]
  const graph = new Graph()
  graph.setGraph({
    rankdir: direction,
    nodesep: 20,
    ranksep: direction === 'LR' ? 22 : 30,
    marginx: 4,
    marginy: 4,
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of chain.nodes) graph.setNode(node.id, { ...sizeOf(node) })
  for (const { from, to } of chain.edges) graph.setEdge(from, to)
  layout(graph)
  const placed = chain.nodes.flatMap((node): Placed[] => {
    const { x, y } = graph.node(node.id) as { x: number; y: number }
    const size = sizeOf(node)
    const own = { ...size, node, x: x - size.width / 2, y: y - size.height / 2, parent: null }
    return [own, ...(inner.get(node.id)?.placed ?? [])]
  })
  const edges = [...chain.edges, ...[...inner.values()].flatMap((branches) => branches?.edges ?? [])]
  const { width = 0, height = 0 } = graph.graph() as Partial<Size>
  return { placed, edges, width, height }
}

/** Only a Parallel shows what is in it: a Map's items are counted. */
function branchesOf({ id, kind, branches }: ChainNode, direction: Direction): Layout | undefined {
  if (kind !== 'parallel') return undefined
  const layouts = branches.map((branch) => layoutOf(branch, direction))
  const isAcross = direction === 'TB'
  let offset = isAcross ? GAP : TITLE
  const placed = layouts.flatMap((one) => {
    const [dx, dy] = isAcross ? [offset, TITLE] : [GAP, offset]
    offset += (isAcross ? one.width : one.height) + GAP
    return one.placed.map((own) =>
      own.parent === null ? { ...own, x: own.x + dx, y: own.y + dy, parent: id } : own,
    )
  })
  const widest = Math.max(0, ...layouts.map(({ width }) => width)) + 2 * GAP
  const highest = Math.max(0, ...layouts.map(({ height }) => height)) + TITLE + GAP
  const size = isAcross ? { width: offset, height: highest } : { width: widest, height: offset }
  return { ...size, placed, edges: layouts.flatMap(({ edges }) => edges) }
}

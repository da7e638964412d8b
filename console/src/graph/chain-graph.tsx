import '@xyflow/react/dist/base.css'
import './graph.css'
import {
  Controls,
  type Edge,
  MarkerType,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { StepView } from '#core/api/answers.ts'
import { type ChainNode, chainOf, type Definition } from './chain.ts'
import { CleanUpEdge } from './clean-up-edge.tsx'
import { type Direction, type Layout, layoutOf } from './layout.ts'
import { type NodeData, StateNode } from './state-node.tsx'
import { cleanUpsOf, summaryOf } from './summary.ts'

type Props = {
  definition: Definition
  steps: readonly StepView[]
  isPartial?: boolean
  /** By step: what is to be said of one that has not begun. */
  notes?: Readonly<Record<string, string>>
  label: string
  /** Opens the items of a Map's step. */
  onOpen?: ((step: string) => void) | undefined
}

const NODE_TYPES = { state: StateNode }
const EDGE_TYPES = { cleanUp: CleanUpEdge }
/** Below that width the chain runs downwards. */
const WIDE = 760

/** A machine as it is deployed, with what became of each of its steps. */
export function ChainGraph(props: Props) {
  const [frame, width] = useWidth()
  return (
    <div ref={frame} className="graph">
      {width > 0 && (
        <ReactFlowProvider key={width >= WIDE ? 'LR' : 'TB'}>
          <Flow {...props} direction={width >= WIDE ? 'LR' : 'TB'} width={width} />
        </ReactFlowProvider>
      )}
    </div>
  )
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (!frame.current) return
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)))
    watch.observe(frame.current)
    return () => watch.disconnect()
  }, [])
  return [frame, width] as const
}

const NO_NOTES: Readonly<Record<string, string>> = {}
const ROOM = 24
const [LOWEST, HIGHEST] = [180, 460]

function Flow({
  definition,
  steps,
  label,
  direction,
  width,
  isPartial = false,
  notes = NO_NOTES,
  onOpen,
}: Props & { direction: Direction; width: number }) {
  const layout = useMemo(() => layoutOf(chainOf(definition), direction), [definition, direction])
  const nodes = useMemo(
    () => nodesOf(layout, { steps, direction, isPartial, notes, onOpen }),
    [layout, steps, direction, isPartial, notes, onOpen],
  )
  const edges = useMemo(() => [...edgesOf(layout), ...backEdges(layout, steps)], [layout, steps])
  const { fitView } = useReactFlow()
  const scale = Math.min(1, width / (layout.width + ROOM))
  const height = Math.min(HIGHEST, Math.max(LOWEST, layout.height * scale + 64))
  // biome-ignore lint/correctness/useExhaustiveDependencies: fitted anew whenever the room or the chain changes
  useEffect(() => void fitView({ padding: 0.04, maxZoom: 1 }), [width, layout, fitView])
  return (
    <section style={{ height }} aria-label={label}>
      <ReactFlow
        {...{ nodes, edges }}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        fitView
        fitViewOptions={{ padding: 0.04, maxZoom: 1 }}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnScroll={false}
        preventScrolling={false}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} position="bottom-right" orientation="horizontal" />
      </ReactFlow>
    </section>
  )
}

type Shown = Pick<NodeData, 'direction' | 'isPartial'> &
  Pick<Props, 'steps'> & { onOpen: Props['onOpen']; notes: Readonly<Record<string, string>> }

function nodesOf(layout: Layout, { steps, direction, isPartial, notes, onOpen }: Shown): Node<NodeData>[] {
  const dataOf = (node: ChainNode): NodeData => {
    const { kind, name, comment } = node
    const summary = summaryOf(steps.filter((step) => node.steps.includes(step.name)))
    const [step] = node.steps
    const open = kind === 'map' && step && summary?.isMapped && onOpen ? () => onOpen(step) : undefined
    return {
      kind,
      name,
      comment,
      direction,
      summary,
      onOpen: open,
      isPartial,
      note: (step && notes[step]) ?? 'Not reached',
    }
  }
  return layout.placed.map(({ node, x, y, width, height, parent }) => ({
    id: node.id,
    type: 'state',
    // Nodes that can be neither moved nor chosen would let clicks through.
    style: { pointerEvents: 'all' as const },
    className: 'nopan',
    position: { x, y },
    width,
    height,
    // Else each look at the job would have them measured, and hidden until then.
    measured: { width, height },
    ...(parent !== null && { parentId: parent }),
    data: dataOf(node),
  }))
}

const ARROW = { type: MarkerType.ArrowClosed, width: 16, height: 16, color: 'var(--quiet)' }

const edgesOf = ({ edges }: Layout): Edge[] =>
  edges.map(({ from, to, kind }) => ({
    id: `${from}>${to}`,
    source: from,
    target: to,
    type: 'smoothstep',
    markerEnd: ARROW,
    className: `${kind}-edge`,
    ...(kind === 'catch' && { label: 'on error' }),
  }))

function backEdges({ placed }: Layout, steps: readonly StepView[]): Edge[] {
  const idOf = (step: string) =>
    placed.find(({ node }) => node.kind !== 'parallel' && node.steps.includes(step))?.node.id
  return cleanUpsOf(steps).flatMap(({ from, to, outcome }) => {
    const [source, target] = [idOf(from), idOf(to)]
    if (source === undefined || target === undefined) return []
    return {
      id: `clean-up ${from}>${to}`,
      source,
      target,
      sourceHandle: 'back-out',
      targetHandle: 'back-in',
      type: 'cleanUp',
      label: outcome,
      markerEnd: { ...ARROW, color: 'var(--amber)' },
    }
  })
}

import Icon, { type IconProps } from '@cloudscape-design/components/icon'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import type { Kind } from './chain.ts'
import type { Direction } from './layout.ts'
import { StepBody } from './step-body.tsx'
import type { Summary } from './summary.ts'

export type NodeData = {
  kind: Kind
  name: string
  comment: string | null
  direction: Direction
  summary: Summary | undefined
  /** In place of a summary. */
  note: string
  /** Set where the node has items to open. */
  onOpen: (() => void) | undefined
  /** Whether steps are counted that were not all read. */
  isPartial: boolean
}

const ICONS: Partial<Record<Kind, IconProps.Name>> = {
  map: 'multiscreen',
  parallel: 'view-vertical',
  choice: 'share',
  wait: 'history',
  fail: 'status-negative',
  commit: 'lock-private',
}

const WORDS: Partial<Record<Kind, string>> = {
  map: 'Map',
  parallel: 'Parallel',
  choice: 'Choice',
  wait: 'Wait',
  fail: 'Fail',
}

/** One state of the machine, as a card. */
export function StateNode({ data }: NodeProps<Node<NodeData>>) {
  const { kind, name, comment, direction, summary } = data
  const [into, out] = direction === 'LR' ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom]
  const icon = ICONS[kind]
  const hasBody = kind === 'step' || kind === 'map'
  return (
    <div className={`state state-${kind}`} data-state={summary?.state} title={comment ?? undefined}>
      {kind !== 'start' && <Handle type="target" position={into} isConnectable={false} />}
      {kind !== 'end' && <Handle type="source" position={out} isConnectable={false} />}
      <Handle id="back-in" type="target" position={Position.Top} isConnectable={false} />
      <Handle id="back-out" type="source" position={Position.Top} isConnectable={false} />
      <div className="state-name">
        {icon && <Icon name={icon} size="small" {...(WORDS[kind] && { ariaLabel: WORDS[kind] })} />}
        <span>{name}</span>
      </div>
      {hasBody && <StepBody {...data} />}
    </div>
  )
}

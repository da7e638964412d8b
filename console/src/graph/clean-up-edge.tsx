import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import type { CSSProperties } from 'react'

const RISE = 34

/** The way back to a step that is cleaned up: an arc above the chain, or a loop where it begins. */
export function CleanUpEdge({
  id,
  source,
  target,
  sourceX,
  sourceY,
  targetX,
  targetY,
  label,
  markerEnd,
}: EdgeProps) {
  const isLoop = source === target
  const [fromX, toX] = isLoop ? [sourceX + 34, targetX - 34] : [sourceX - 14, targetX + 14]
  const top = Math.min(sourceY, targetY) - RISE
  const path = `M ${fromX},${sourceY} C ${fromX},${top} ${toX},${top} ${toX},${targetY - 2}`
  const place: CSSProperties = {
    transform: `translate(-50%, -50%) translate(${(fromX + toX) / 2}px, ${top + 8}px)`,
  }
  return (
    <>
      <BaseEdge id={id} path={path} className="clean-up-edge" {...(markerEnd && { markerEnd })} />
      <EdgeLabelRenderer>
        <div className="clean-up-label" style={place}>
          {label}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}

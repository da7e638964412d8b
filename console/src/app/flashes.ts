import type { FlashbarProps } from '@cloudscape-design/components/flashbar'
import { useSyncExternalStore } from 'react'

type Message = Pick<FlashbarProps.MessageDefinition, 'type' | 'header' | 'content'>

let shown: readonly FlashbarProps.MessageDefinition[] = []
let count = 0
const listeners = new Set<() => void>()

function show(next: readonly FlashbarProps.MessageDefinition[]): void {
  shown = next
  for (const tell of listeners) tell()
}

/** The page shows what a success has changed; what went wrong stays until it is dismissed. */
const SUCCESS_MS = 8_000

/** Says above every page that something was done, or not. */
export function flash(message: Message): void {
  count += 1
  const id = `flash-${count}`
  const onDismiss = () => show(shown.filter((one) => one.id !== id))
  if (message.type === 'success') setTimeout(onDismiss, SUCCESS_MS)
  show([{ ...message, id, dismissible: true, dismissLabel: 'Dismiss', onDismiss }, ...shown].slice(0, 5))
}

const subscribe = (tell: () => void): (() => void) => {
  listeners.add(tell)
  return () => listeners.delete(tell)
}
export const useFlashes = (): readonly FlashbarProps.MessageDefinition[] =>
  useSyncExternalStore(subscribe, () => shown)

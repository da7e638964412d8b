import { useEffect } from 'react'

// A box that was just ticked has the focus, and takes no letters.
const TYPED_INTO = 'input:not([type="checkbox"]), textarea, select, [contenteditable="true"]'

/** Whether the key is meant for a field or a dialog that is in front. */
function isTaken({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true
  if (document.querySelector('[role="dialog"][aria-modal="true"]')) return true
  return target instanceof Element && target.closest(TYPED_INTO) !== null
}

/** Runs the actions when their keys are pressed outside of fields and dialogs, as long as the caller is shown. */
export function useShortcuts(actions: Record<string, () => void>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = isTaken(event) ? undefined : actions[event.key]
      if (!action) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [actions])
}

/** Moves the focus among the elements that the selector finds, as j and k do; Enter then opens what has it. */
export function moveFocus(selector: string, by: 1 | -1): void {
  const found = [...document.querySelectorAll<HTMLElement>(selector)]
  const at = found.indexOf(document.activeElement as HTMLElement)
  const next = at === -1 ? (by === 1 ? 0 : found.length - 1) : at + by
  found[next]?.focus()
}

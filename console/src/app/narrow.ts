import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 688px)')
const subscribe = (tell: () => void): (() => void) => {
  narrow.addEventListener('change', tell)
  return () => narrow.removeEventListener('change', tell)
}

/** Whether the window is as narrow as a telephone. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches)

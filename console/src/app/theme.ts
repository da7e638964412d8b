import { applyMode, disableMotion, Mode } from '@cloudscape-design/global-styles'
import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'standdown-theme'
const still = matchMedia('(prefers-reduced-motion: reduce)')
const dark = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text)

function chosen(): Theme {
  const kept = localStorage.getItem(KEY)
  return isTheme(kept) ? kept : 'system'
}

const isDark = (): boolean => chosen() === 'dark' || (chosen() === 'system' && dark.matches)

function apply(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light)
  document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light'
  for (const tell of listeners) tell()
}

const applyMotion = (): void => disableMotion(still.matches)

/** Shows the page in the theme that was chosen, or in the system's, and as still as the system asks, from now on. */
export function followTheme(): void {
  apply()
  applyMotion()
  dark.addEventListener('change', apply)
  still.addEventListener('change', applyMotion)
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  apply()
}

const subscribe = (tell: () => void): (() => void) => {
  listeners.add(tell)
  return () => listeners.delete(tell)
}
export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen)
export const useIsDark = (): boolean => useSyncExternalStore(subscribe, isDark)

import { useSyncExternalStore } from 'react'

// The page's own address lies behind the #, so that no path of it can be taken for a route of the API.

const current = (): string => location.hash.replace(/^#?\/?/, '/')
const pathOf = (address: string): string => address.split('?', 1)[0] || '/'
const searchOf = (address: string): string => address.split('?')[1] ?? ''

function subscribe(onChange: () => void): () => void {
  addEventListener('hashchange', onChange)
  return () => removeEventListener('hashchange', onChange)
}

/** Goes to an address within the page, as `/jobs/1?tab=input`. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (to === current()) return
  history[replace ? 'replaceState' : 'pushState'](null, '', `#${to}`)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

/** Where the page is, for wouter: with its query behind the #, too. */
export const useHashLocation = (): [string, typeof navigate] => [
  useSyncExternalStore(subscribe, () => pathOf(current())),
  navigate,
]
export const useHashSearch = (): string => useSyncExternalStore(subscribe, () => searchOf(current()))

/** The query of the page's address, and how to change single parameters of it; null removes one. */
export function useQueryParameters(): [URLSearchParams, (change: Record<string, string | null>) => void] {
  const search = useHashSearch()
  return [new URLSearchParams(search), changeQuery]
}

function changeQuery(change: Record<string, string | null>): void {
  const query = new URLSearchParams(searchOf(current()))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  navigate(`${pathOf(current())}${text && `?${text}`}`, { replace: true })
}

export const jobHref = (id: string): string => `#/jobs/${encodeURIComponent(id)}`
export const templateHref = (name: string): string => `#/templates/${encodeURIComponent(name)}`

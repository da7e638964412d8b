import type * as z from 'zod'
import type { HttpRequest } from '../../middleware/http-door.ts'
import type { link } from './answers.ts'

export type Link = z.infer<typeof link>

/** The door as its caller has reached it, without a slash at its end. */
export const doorUrl = ({ origin }: Pick<HttpRequest, 'origin'>, base: string): string => `${origin}${base}`

/** The links of a resource: `self` with the version, `bookmark` without. */
export const linksOf = (door: string, path: string): Link[] => [
  { rel: 'self', href: `${door}/v1/${path}` },
  { rel: 'bookmark', href: `${door}/${path}` },
]

/** The whole and true URL of the next page, with all that the request asked for. */
export function nextUrl(url: string, query: HttpRequest['query'], marker: string): string {
  const asked = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || name === 'marker' ? [] : [[name, value]],
  )
  return `${url}?${new URLSearchParams([...asked, ['marker', marker]])}`
}

/** As OpenStack writes a time: `2026-11-26T10:00:00+00:00`. */
export const openStackTime = (time: string): string => `${new Date(time).toISOString().slice(0, 19)}+00:00`

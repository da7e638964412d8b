import type { HttpApiModel, HttpRoute } from '#local/template/model.ts'

export type Match = { route: HttpRoute; pathParameters: Record<string, string> }

type Pattern = { route: HttpRoute; method: string; segments: string[] }

/** Finds the route of a request as API Gateway does: the most specific path, then the exact method over ANY. */
export function createRouter({ routes }: Pick<HttpApiModel, 'routes'>) {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default')
  const patterns = routes.filter((route) => route !== fallback).map(toPattern)

  const find = (method: string, path: string[]): Match | undefined =>
    patterns
      .filter((pattern) => pattern.method === method || pattern.method === 'ANY')
      .flatMap((pattern) => {
        const pathParameters = matchSegments(pattern.segments, path)
        return pathParameters ? [{ ...pattern, pathParameters }] : []
      })
      .sort((a, b) => compareRank(rankOf(a), rankOf(b)))[0]

  return (method: string, rawPath: string): Match | undefined => {
    const path = segmentsOf(rawPath)
    // `/jobs/` is taken by the route of `/jobs`; a route's own key has no slash at its end.
    const shorter = path.length > 1 && path.at(-1) === '' ? find(method, path.slice(0, -1)) : undefined
    return find(method, path) ?? shorter ?? (fallback && { route: fallback, pathParameters: {} })
  }
}

function toPattern(route: HttpRoute): Pattern {
  const [method = '', path = ''] = route.routeKey.split(' ')
  return { route, method, segments: segmentsOf(path) }
}

function segmentsOf(path: string): string[] {
  return path.split('/').slice(1)
}

function matchSegments(pattern: string[], path: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, segment] of pattern.entries()) {
    const name = /^\{(.+?)(\+?)\}$/.exec(segment)
    const value = path[index]
    if (name?.[2]) {
      const rest = path.slice(index).join('/')
      if (rest === '') return undefined
      parameters[name[1]!] = decode(rest)
      return parameters
    }
    if (value === undefined || (name ? value === '' : value !== segment)) return undefined
    if (name) parameters[name[1]!] = decode(value)
  }
  return pattern.length === path.length ? parameters : undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// Per segment: fixed text before a parameter before a greedy one; the exact method before ANY.
function rankOf({ segments, method }: Pattern): number[] {
  const kinds = segments.map((segment) => (segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0))
  return [...kinds, method === 'ANY' ? 1 : 0]
}

function compareRank(a: number[], b: number[]): number {
  const at = a.findIndex((rank, index) => rank !== b[index])
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}

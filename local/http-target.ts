import type { IncomingMessage } from 'node:http'

/** What a request asks for, cut by hand: a URL parser takes the `x` of `//x` for a host, and resolves the dots of `a/../b`. */
export function targetOf({ url = '/' }: IncomingMessage): { path: string; query: URLSearchParams } {
  const mark = url.indexOf('?')
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
  }
}

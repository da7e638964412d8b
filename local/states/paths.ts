import { StateFailure } from './state-failure.ts'

export type Segment = string | number

const SIMPLE = /^\$\$?(?:\.[A-Za-z_][\w-]*|\['[^'\\]*'\]|\["[^"\\]*"\]|\[\d+\])*$/
const SEGMENT = /\.([A-Za-z_][\w-]*)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/g

/** The segments of a reference path (`$.a.b`, `$['a'][0]`, `$$.x`), or undefined for any richer expression. */
export function segmentsOf(path: string): Segment[] | undefined {
  if (!SIMPLE.test(path)) return undefined
  return [...path.matchAll(SEGMENT)].map((part) =>
    part[4] === undefined ? (part[1] ?? part[2] ?? part[3] ?? '') : Number(part[4]),
  )
}

export function readPath(segments: Segment[], root: unknown): unknown {
  let value: unknown = root
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null) return undefined
    // A list has numbered members only: its `length` is no field of the data.
    if (Array.isArray(value) !== (typeof segment === 'number') || !Object.hasOwn(value, segment))
      return undefined
    value = (value as Record<Segment, unknown>)[segment]
  }
  return value
}

/** ResultPath: a copy of `target` that holds `value` at the path. Nothing is changed in place. */
export function applyResultPath(path: string | null | undefined, target: unknown, value: unknown): unknown {
  if (path === undefined || path === '$') return value
  if (path === null) return target
  const segments = segmentsOf(path)
  if (!segments) throw new StateFailure('States.Runtime', `the ResultPath '${path}' is not a reference path`)
  return place(target, segments, value)
}

function place(target: unknown, segments: Segment[], value: unknown): unknown {
  const [head, ...rest] = segments
  if (head === undefined) return value
  if (typeof head === 'number') {
    if (!Array.isArray(target) || head >= target.length) throw mismatch()
    return target.with(head, place(target[head], rest, value))
  }
  if (typeof target !== 'object' || target === null || Array.isArray(target)) throw mismatch()
  const holder = target as Record<string, unknown>
  const inner = Object.hasOwn(holder, head) ? holder[head] : {}
  return { ...holder, [head]: place(inner, rest, value) }
}

function mismatch(): StateFailure {
  return new StateFailure('States.ResultPathMatchFailure', 'the ResultPath does not fit the state input')
}

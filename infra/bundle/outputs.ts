import type { Metafile } from 'esbuild'

/** What esbuild wrote, by path. */
export type Outputs = Metafile['outputs']

type Kind = 'import-statement' | 'dynamic-import'

/** The output `start` and those that it reaches by imports of these kinds. */
export function reachedFrom(start: string, outputs: Outputs, kinds: Kind[]): Outputs {
  const reached = new Set([start])
  for (const path of reached) {
    const own =
      outputs[path]?.imports.filter(({ kind, external }) => kinds.includes(kind as Kind) && !external) ?? []
    for (const { path: next } of own) reached.add(next)
  }
  return Object.fromEntries(Object.entries(outputs).filter(([path]) => reached.has(path)))
}

const bytesOf = (outputs: Outputs): number =>
  Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0)

/** Of a function's code: what Lambda reads before the handler can run, and all of it. */
export const sizesOf = ({ start, outputs }: { start: string; outputs: Outputs }) => ({
  atStart: bytesOf(reachedFrom(start, outputs, ['import-statement'])),
  whole: bytesOf(outputs),
})

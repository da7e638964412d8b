import type { IConstruct } from 'constructs'
import { BundledFunction } from '../constructs/bundled-function.ts'
import { StepFunction } from '../constructs/step-function.ts'

/** A function's source file, below the project's folder. A step's bundle is asked what it says of its step. */
export type Entry = { file: string; isStep: boolean }

/** The entries that the functions of a construct tree name, each once. */
export function entriesOf(tree: IConstruct): Entry[] {
  const functions = tree.node.findAll().filter((node) => node instanceof BundledFunction)
  const steps = new Set(functions.filter((fn) => fn instanceof StepFunction).map(({ entry }) => entry))
  const files = [...new Set(functions.map(({ entry }) => entry))].sort()
  return files.map((file) => ({ file, isStep: steps.has(file) }))
}

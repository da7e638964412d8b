import { processTree, readProc } from '../scenarios/processes.ts'
import { round } from './figures.ts'

/** Proportional set size of a process and all below it: shared pages count once. */
export function treeMib(pid: number): number {
  const kib = processTree(pid).reduce((sum, child) => sum + pssOf(child), 0)
  return round(kib / 1024, 0)
}

const pssOf = (pid: number): number => Number(/^Pss: +(\d+)/m.exec(readProc(pid, 'smaps_rollup'))?.[1] ?? 0)

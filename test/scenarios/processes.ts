import { readdirSync, readFileSync } from 'node:fs'

export const allProcesses = (): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)

/** A file of the process below /proc; empty when it has ended meanwhile. */
export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

export const parentOf = (pid: number): number =>
  Number(readProc(pid, 'stat').split(') ').at(-1)?.split(' ')[1])

/** The process and all below it. */
export function processTree(root: number): number[] {
  const parents = new Map(allProcesses().map((pid) => [pid, parentOf(pid)]))
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true
    return false
  }
  return [...parents.keys()].filter(isBelow)
}

/** The Lambda workers below `root`: found by what Lambda puts into their environment. */
export function lambdaWorkers(root: number): { pid: number; functionName: string }[] {
  return processTree(root).flatMap((pid) => {
    const name = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]+)/.exec(readProc(pid, 'environ'))?.[1]
    return name === undefined ? [] : [{ pid, functionName: name }]
  })
}

import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { round } from './figures.ts'

const ROOT = join(import.meta.dirname, '../..')

export const machine = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  ram_gib: round(totalmem() / 1024 ** 3),
  system: `${process.platform} ${process.arch}`,
  node: process.version,
})

/** Of each function of the product, as deployed. */
export function bundleKb(): Record<string, number> {
  const files = globSync('dist/functions/**/index.mjs', { cwd: ROOT }).sort()
  const own = files.filter((file) => !file.includes('/test/'))
  return Object.fromEntries(
    own.map((file) => [
      file.slice('dist/functions/'.length, -'/index.mjs'.length),
      Math.round(statSync(join(ROOT, file)).size / 1024),
    ]),
  )
}

/** Proportional set size of a process and all below it: shared pages count once. */
export function treeMib(pid: number): number {
  const parents = new Map(
    readdirSync('/proc')
      .filter(Number)
      .map((child) => [Number(child), parentOf(child)]),
  )
  const below = (child: number): boolean => {
    for (let at: number | undefined = child; at; at = parents.get(at)) if (at === pid) return true
    return false
  }
  const kib = [...parents.keys()].filter(below).reduce((sum, child) => sum + pssOf(child), 0)
  return round(kib / 1024, 0)
}

const parentOf = (pid: string): number => Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1])
const pssOf = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(read(String(pid), 'smaps_rollup'))?.[1] ?? 0)

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // It ended while we looked.
    return ''
  }
}

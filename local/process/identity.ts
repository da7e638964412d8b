import { readFileSync } from 'node:fs'

/**
 * Names one process: its pid may be given to somebody else, so the time of its start belongs to it. `ended` of one
 * that has, and keeps its pid until its parent asks for its exit (states Z and X): it holds nothing any more. The
 * pid alone where the system has no /proc; undefined where there is no such process.
 */
export function identityOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')')).split(' ')
    return fields[1] === 'Z' || fields[1] === 'X' ? 'ended' : `${pid} ${fields[20]}`
  } catch {
    return `${pid}`
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf } from '#local/process/identity.ts'

const LOOKS = 200
const PAUSE_MS = 10

/**
 * The environments of a data folder, written down as they start: a runtime that was killed can end none of its own, and
 * one whose code never yields hears of no end.
 */
export class EnvironmentRecord {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  add(pid: number): void {
    const identity = identityOf(pid)
    if (identity) appendFileSync(this.#path, `${identity}\n`, { mode: 0o600 })
  }

  /** Nobody is at work: the next runtime has nothing to end. */
  clear(): void {
    rmSync(this.#path, { force: true })
  }

  /**
   * Ends what an earlier runtime left, and tells whether it left any work: false where it ended with none, or where it
   * cannot be told that nothing of it lives any more.
   */
  async endLeft(): Promise<boolean> {
    const left = read(this.#path)
    // Without a start time the pid may be somebody else's by now.
    if (left.some((identity) => !identity.includes(' '))) return false
    const ended = await Promise.all(left.map(end))
    return left.length > 0 && ended.every(Boolean)
  }
}

async function end(identity: string): Promise<boolean> {
  const pid = Number.parseInt(identity, 10)
  for (let looks = 0; looks < LOOKS; looks += 1) {
    if (identityOf(pid) !== identity) return true
    kill(pid)
    await sleep(PAUSE_MS)
  }
  return false
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended just now.
  }
}

function read(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(0, -1)
  } catch {
    return []
  }
}

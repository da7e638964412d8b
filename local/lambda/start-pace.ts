import { availableParallelism } from 'node:os'

/** A start that takes longer than this holds up no other; in ms. */
const STALLED_MS = 2_000

/**
 * Says when one more environment is worth its start. A start keeps a core for as long as many a short invocation
 * takes: so once a function has as many environments as there are cores, its next invocation waits for one of them,
 * and gets one of its own only when none came free for as long as a start lasts.
 */
export class StartPace {
  readonly #cores: number
  #starting = 0
  /** What the last start took, on this machine, with what else it does. */
  #startMs = 250
  /** When an environment came free last, by function. */
  readonly #moved = new Map<string, number>()

  constructor(cores = Math.max(2, availableParallelism())) {
    this.#cores = cores
  }

  /** After so long without an environment coming free it is worth asking again; in ms. */
  get patienceMs(): number {
    return this.#startMs
  }

  mayStart(id: string, busy: number): boolean {
    if (this.#starting >= this.#cores) return false
    return busy < this.#cores || Date.now() - (this.#moved.get(id) ?? 0) >= this.#startMs
  }

  /** `busy`: the function's environments beside this one. */
  async started(id: string, busy: number, ready: Promise<unknown>): Promise<void> {
    const began = Date.now()
    this.#starting += 1
    const stalled = Promise.withResolvers<void>()
    const timer = setTimeout(stalled.resolve, STALLED_MS).unref()
    await Promise.race([ready, stalled.promise])
    clearTimeout(timer)
    this.#starting -= 1
    this.#startMs = Math.max(1, Date.now() - began)
    if (busy < this.#cores) this.cameFree(id)
  }

  cameFree(id: string): void {
    this.#moved.set(id, Date.now())
  }
}

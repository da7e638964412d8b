import { setTimeout as sleep } from 'node:timers/promises'
import { STORE_ATTEMPTS } from '../store/errors.ts'
import { isDoubtful, type ObjectFault, objectFault } from '../store/faults.ts'
import { inParallel } from './in-parallel.ts'

/** Pauses before an object that failed is tried again; in ms. */
export const PAUSES: readonly number[] = [1_000, 4_000, 15_000]

/** So long without a success is an outage, even if the store answers other calls; in ms. */
const MAX_BARREN_MS = 3 * 60_000

/** From this attempt on an object that is left over alone has failed for two minutes. */
const LATE_ATTEMPT = 4

/** An abort is looked at this often while nothing is done; in ms. */
const LOOK_MS = 1_000

export type ObjectWork<Item> = {
  limit: number
  signal: AbortSignal
  pauses: readonly number[]
  attempt: number
  /** How many objects of this batch are done by earlier attempts. */
  doneBefore: number
  work(item: Item, signal: AbortSignal): Promise<void>
  /** Counts an object as failed. */
  giveUp(item: Item, fault: ObjectFault, signal: AbortSignal): Promise<void>
  /** Whether both stores answer at all. */
  storesAnswer(signal: AbortSignal): Promise<boolean>
  /** Looks at the abort. */
  safePoint(): Promise<void>
}

/**
 * Works on each object, and one that fails stops none of the others. Whether an error such as 500 is about one
 * object or is the store's outage shows only by what the others get. Such an object is put aside and tried again;
 * it has failed by itself where others were begun after its first failure and passed. What everyone gets is thrown.
 */
export async function eachObject<Item>(items: Iterable<Item>, job: ObjectWork<Item>): Promise<void> {
  const trial = new Trial(job)
  let aside = await trial.pass(items)
  for (const pause of job.pauses) {
    if (aside.length === 0) return
    await rest(pause, job)
    aside = await trial.pass(aside)
  }
  if (aside.length === 0) return
  const doAnswer = await job.storesAnswer(job.signal)
  const unclear = aside.filter((item) => !doAnswer || !trial.failsAlone(item, aside.length))
  for (const item of aside.filter((item) => !unclear.includes(item))) {
    const { error } = trial.failureOf(item)
    const message = `${(error as Error).message} (${job.pauses.length + 1} tries, while others passed)`
    await job.giveUp(item, { reason: 'refused', message }, job.signal)
  }
  if (unclear[0] !== undefined) throw trial.failureOf(unclear[0]).error
}

/** `at`: when the object failed first, in begun objects. */
type Failure = { error: unknown; at: number }

class Trial<Item> {
  readonly #job: ObjectWork<Item>
  readonly #failures = new Map<Item, Failure>()
  #passed = 0
  #begun = 0
  /** The last one begun of those that passed. What was under way when another failed proves nothing. */
  #lastToPass = 0
  #lastPassed = Date.now()
  #inARow = 0

  constructor(job: ObjectWork<Item>) {
    this.#job = job
  }

  failureOf(item: Item): Failure {
    return this.#failures.get(item)!
  }

  /** Answers the objects whose error is not clear. */
  async pass(items: Iterable<Item>): Promise<Item[]> {
    const aside: Item[] = []
    await inParallel(items, this.#job, async (item, signal) => {
      this.#begun += 1
      const begun = this.#begun
      try {
        await this.#job.work(item, signal)
        this.#passed += 1
        this.#lastToPass = Math.max(this.#lastToPass, begun)
        this.#inARow = 0
        this.#lastPassed = Date.now()
      } catch (error) {
        if (signal.aborted) throw error
        const fault = objectFault(error)
        if (fault) return await this.#job.giveUp(item, fault, signal)
        if (!isDoubtful(error) || (await this.#isOutage(signal))) throw error
        this.#failures.set(item, { error, at: this.#failures.get(item)?.at ?? this.#begun })
        aside.push(item)
      }
    })
    return aside
  }

  failsAlone(item: Item, count: number): boolean {
    const { attempt, doneBefore } = this.#job
    if (this.#lastToPass > this.failureOf(item).at || attempt >= STORE_ATTEMPTS) return true
    return attempt >= LATE_ATTEMPT && doneBefore + this.#passed >= count
  }

  async #isOutage(signal: AbortSignal): Promise<boolean> {
    this.#inARow += 1
    if (this.#inARow < Math.max(this.#job.limit, 3)) return false
    const isBarren = Date.now() - this.#lastPassed > MAX_BARREN_MS && this.#job.attempt < STORE_ATTEMPTS
    return isBarren || !(await this.#job.storesAnswer(signal))
  }
}

async function rest<Item>(ms: number, { signal, safePoint }: ObjectWork<Item>): Promise<void> {
  for (let left = ms; left > 0; left -= LOOK_MS) {
    await sleep(Math.min(left, LOOK_MS), undefined, { signal }).catch(() => signal.throwIfAborted())
    await safePoint()
  }
}

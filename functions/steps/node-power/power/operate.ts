import { type PowerTarget, TARGETS } from '../targets.ts'
import { BmcError, BmcRefusal, NotReached, type PowerDriver, type Reading } from './driver.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 15_000
/** Between two looks at the abort. */
const LOOK_MS = 250

/** The operation did not succeed, and why: what the node's `last_error` says. */
export class PowerFailed extends Error {
  override readonly name = 'PowerFailed'
}

export type Order = {
  target: PowerTarget
  /** Milliseconds since the epoch. */
  deadline: number
  /** The BMC may have been told already: it is not told twice. */
  told: boolean
}

export type Watch = {
  signal: AbortSignal
  now(): number
  /** Sooner where `signal` aborts. */
  sleep(milliseconds: number): Promise<void>
  /** A safe point: throws where the operation is being aborted. `told` is kept for a later attempt. */
  safePoint(told: boolean): Promise<void>
  /** Right before the BMC is told: throws where the operation is being aborted. */
  pointOfNoReturn(): Promise<void>
}

/**
 * Brings a node to its target, and answers what the BMC says then. The BMC is told once; where it refuses, or its answer
 * is lost, what it then reports decides.
 *
 * @throws PowerFailed
 */
export async function operate(driver: PowerDriver, order: Order, watch: Watch): Promise<Reading> {
  const { reset, wanted, skips } = TARGETS[order.target]
  const told = { ...order, told: true }
  const before = await patiently(order, watch, (signal) => driver.read(signal))
  if (order.told) return reached(driver, told, watch)
  if (skips && before.power === wanted) return before
  if (before.allowed && !before.allowed.includes(reset)) {
    throw new PowerFailed(`the BMC allows ${before.allowed.join(', ')}, not ${reset}`)
  }
  await watch.safePoint(true)
  await watch.pointOfNoReturn()
  const refused = await tell(driver, told, watch)
  return refused ? settled(driver, { order: told, watch, refused }) : reached(driver, told, watch)
}

/** What the BMC said against it; null where it took it, or that is not known. */
async function tell(driver: PowerDriver, order: Order, watch: Watch): Promise<BmcRefusal | null> {
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    try {
      await driver.reset(TARGETS[order.target].reset)
      return null
    } catch (error) {
      if (error instanceof BmcRefusal) return error
      if (!(error instanceof BmcError)) throw error
      if (!(error instanceof NotReached)) return null
      // Nothing has reached the BMC: it can be told again.
      await waitOrFail(error, pause, { order, watch })
    }
  }
}

type Refused = { order: Order; watch: Watch; refused: BmcRefusal }

/** A BMC may refuse what it has done already, or is doing. */
async function settled(driver: PowerDriver, { order, watch, refused }: Refused): Promise<Reading> {
  const reading = await patiently(order, watch, (signal) => driver.read(signal))
  const { wanted, skips } = TARGETS[order.target]
  if (skips && reading.power === wanted) return reading
  throw new PowerFailed(refused.message, { cause: refused })
}

async function reached(driver: PowerDriver, order: Order, watch: Watch): Promise<Reading> {
  const { wanted } = TARGETS[order.target]
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    const reading = await patiently(order, watch, (signal) => driver.read(signal))
    if (!reading.busy && (wanted === null || reading.power === wanted)) return reading
    if (watch.now() >= order.deadline) {
      throw new PowerFailed(
        `timed out: the BMC still says ${reading.word}, not ${wanted ?? 'that it is done'}`,
      )
    }
    await wait(Math.min(pause, Math.max(LOOK_MS, order.deadline - watch.now())), order, watch)
  }
}

/** A BMC that does not answer is asked again, for as long as the operation may take. */
async function patiently<Answer>(
  order: Order,
  watch: Watch,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  for (let pause = FIRST_PAUSE_MS; ; pause = longer(pause)) {
    await watch.safePoint(order.told)
    try {
      return await ask(watch.signal)
    } catch (error) {
      if (error instanceof BmcRefusal) throw new PowerFailed(error.message, { cause: error })
      if (!(error instanceof BmcError)) throw error
      await waitOrFail(error, pause, { order, watch })
    }
  }
}

const longer = (pause: number): number => Math.min(pause * 1.5, LONGEST_PAUSE_MS)

type Waiting = { order: Order; watch: Watch }

async function waitOrFail(error: BmcError, pause: number, { order, watch }: Waiting): Promise<void> {
  const milliseconds = Math.max(pause, (error.retryAfter ?? 0) * 1000)
  if (watch.now() + milliseconds > order.deadline) throw new PowerFailed(error.message, { cause: error })
  await wait(milliseconds, order, watch)
}

/** Waits in short pieces, each ending in a safe point. */
async function wait(milliseconds: number, { told }: Order, watch: Watch): Promise<void> {
  const until = watch.now() + milliseconds
  for (let left = milliseconds; left > 0; left = until - watch.now()) {
    await watch.sleep(Math.min(left, LOOK_MS))
    await watch.safePoint(told)
  }
}

import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit, { type LimitFunction } from 'p-limit'
import type { BusEvent } from '#local/types.ts'
import { type Delivery, openDeliveryStore } from './delivery-store.ts'
import type { Rule, Target } from './rules.ts'
import { inputOf } from './target-input.ts'

export type DispatcherOptions = {
  dataDir: string
  deliver(target: Target, event: unknown): Promise<void>
  /** The rule a stored delivery came from, or nothing when the template no longer has it. */
  findRule(bus: string, name: string): Rule | undefined
  retryDelaysMs?: number[]
}

export type Dispatcher = {
  /** Stores one delivery per target, then sends them; what is stored is delivered, also after a kill. */
  accept(bus: string, event: BusEvent, rules: Rule[]): void
  /** Sends what an earlier run still owed. */
  resume(): void
  close(): void
}

// EventBridge: 24 hours and 185 attempts unless the target says less.
const LONGEST_MS = 24 * 3_600_000
const ATTEMPTS = 185
const DELAYS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
/** A target that hangs holds back only itself. */
const AT_ONCE_PER_TARGET = 32

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const delays = options.retryDelaysMs ?? DELAYS
  const store = openDeliveryStore(options.dataDir)
  const limits = new Map<string, LimitFunction>()
  const timers = new Set<NodeJS.Timeout>()
  let closed = false

  const limitOf = (arn: string): LimitFunction => {
    const limit = limits.get(arn) ?? pLimit(AT_ONCE_PER_TARGET)
    limits.set(arn, limit)
    return limit
  }
  const giveUp = (delivery: Delivery, error: unknown, target?: Target): void => {
    const line = { at: new Date().toISOString(), error: String(error), deadLetterArn: target?.deadLetterArn }
    appendFileSync(
      join(options.dataDir, 'dead-letters.ndjson'),
      `${JSON.stringify({ ...line, ...delivery })}\n`,
      { mode: 0o600 },
    )
    store.remove(delivery.id)
  }
  const retry = (delivery: Delivery, delay: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      send(delivery)
    }, delay)
    timers.add(timer.unref())
  }
  const failed = (delivery: Delivery, error: unknown, target: Target): void => {
    const attempts = delivery.attempts + 1
    const exhausted = attempts > (target.maximumRetryAttempts ?? ATTEMPTS)
    const tooOld = Date.now() - delivery.acceptedAt > LONGEST_MS
    if (exhausted || tooOld) giveUp({ ...delivery, attempts }, error, target)
    else {
      store.setAttempts(delivery.id, attempts)
      retry({ ...delivery, attempts }, delays[Math.min(attempts, delays.length) - 1] ?? 0)
    }
  }
  const attempt = async (delivery: Delivery, rule: Rule, target: Target): Promise<void> => {
    if (closed) return
    const fault = await faultOf(options.deliver, target, () => inputOf(target, rule, delivery.event))
    // After close the store is shut: the delivery stays in it and is repeated at the next start.
    if (closed) return
    if (fault === undefined) store.remove(delivery.id)
    else failed(delivery, fault.error, target)
  }
  function send(delivery: Delivery): void {
    const rule = options.findRule(delivery.bus, delivery.rule)
    const target = rule?.targets.find(({ id }) => id === delivery.target)
    if (rule && target) void limitOf(target.arn)(() => attempt(delivery, rule, target))
    else giveUp(delivery, `rule ${delivery.rule} has no target ${delivery.target} now`)
  }

  return {
    accept(bus, event, rules) {
      const owed = rules.flatMap((rule) =>
        rule.targets.map(({ id }) => ({ bus, rule: rule.name, target: id, event })),
      )
      if (owed.length === 0) return
      const acceptedAt = Date.now()
      for (const delivery of store.add(owed.map((one) => ({ ...one, attempts: 0, acceptedAt }))))
        send(delivery)
    },
    resume() {
      for (const delivery of store.all()) send(delivery)
    },
    close() {
      if (closed) return
      closed = true
      for (const timer of timers) clearTimeout(timer)
      store.close()
    },
  }
}

async function faultOf(
  deliver: DispatcherOptions['deliver'],
  target: Target,
  input: () => unknown,
): Promise<{ error: unknown } | undefined> {
  try {
    await deliver(target, input())
    return undefined
  } catch (error) {
    return { error }
  }
}

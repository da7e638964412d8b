import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pLimit, { type LimitFunction } from 'p-limit'
import type { BusEvent } from '#local/types.ts'
import { type Delivery, type DeliveryQueue, openDeliveryQueue } from './delivery-queue.ts'
import type { Rule, Target } from './rule.ts'

export type DispatcherOptions = {
  dataDir: string
  deliver(target: Target, event: unknown): Promise<void>
  /** The rule a stored delivery came from, or nothing when the template no longer has it. */
  findRule(bus: string, name: string): Rule | undefined
  retryDelaysMs?: number[]
}

// EventBridge: 24 hours and 185 attempts unless the target says less.
const LONGEST_MS = 24 * 3_600_000
const ATTEMPTS = 185
const DELAYS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
/** A target that hangs holds back only itself. */
const AT_ONCE_PER_TARGET = 32

/** Stores each accepted delivery, sends it, and repeats it until it was taken or given up. */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #delays: number[]
  readonly #queue: DeliveryQueue
  #inherited: Delivery[]
  readonly #limits = new Map<string, LimitFunction>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #closed = false

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#delays = options.retryDelaysMs ?? DELAYS
    this.#queue = openDeliveryQueue(options.dataDir)
    this.#inherited = this.#queue.all()
  }

  /** One delivery per target; once this returns, a kill loses none of them. */
  accept(bus: string, event: BusEvent, rules: Rule[]): void {
    const acceptedAt = Date.now()
    const owed = rules.flatMap((rule) =>
      rule.targets.map(({ id }) => ({ bus, rule: rule.name, target: id, event, attempts: 0, acceptedAt })),
    )
    if (owed.length === 0) return
    for (const delivery of this.#queue.add(owed)) this.#send(delivery)
  }

  /** Sends what an earlier run still owed. */
  resume(): void {
    for (const delivery of this.#inherited) this.#send(delivery)
    this.#inherited = []
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#queue.close()
  }

  #send(delivery: Delivery): void {
    const rule = this.#options.findRule(delivery.bus, delivery.rule)
    const target = rule?.targets.find(({ id }) => id === delivery.target)
    if (rule && target) void this.#limitOf(target.arn)(() => this.#deliver(delivery, target))
    else this.#giveUp(delivery, `rule ${delivery.rule} has no target ${delivery.target} now`)
  }

  async #deliver(delivery: Delivery, target: Target): Promise<void> {
    if (this.#closed) return
    const fault = await this.#faultOf(target, delivery.event)
    // After close the store is shut: the delivery stays in it and is repeated at the next start.
    if (this.#closed) return
    if (fault === undefined) this.#queue.remove(delivery.id)
    else this.#fail({ ...delivery, attempts: delivery.attempts + 1 }, fault.error, target)
  }

  #fail(delivery: Delivery, error: unknown, target: Target): void {
    const { attempts, acceptedAt, id } = delivery
    const exhausted = attempts > (target.maximumRetryAttempts ?? ATTEMPTS)
    if (exhausted || Date.now() - acceptedAt > LONGEST_MS) {
      this.#giveUp(delivery, error, target)
      return
    }
    this.#queue.setAttempts(id, attempts)
    const delay = this.#delays[Math.min(attempts, this.#delays.length) - 1] ?? 0
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#send(delivery)
    }, delay)
    this.#timers.add(timer.unref())
  }

  #giveUp(delivery: Delivery, error: unknown, target?: Target): void {
    const line = { at: new Date().toISOString(), error: String(error), deadLetterArn: target?.deadLetterArn }
    const file = join(this.#options.dataDir, 'dead-letters.ndjson')
    appendFileSync(file, `${JSON.stringify({ ...line, ...delivery })}\n`, { mode: 0o600 })
    this.#queue.remove(delivery.id)
  }

  #limitOf(arn: string): LimitFunction {
    const limit = this.#limits.get(arn) ?? pLimit(AT_ONCE_PER_TARGET)
    this.#limits.set(arn, limit)
    return limit
  }

  async #faultOf(target: Target, event: BusEvent): Promise<{ error: unknown } | undefined> {
    try {
      await this.#options.deliver(target, event)
      return undefined
    } catch (error) {
      return { error }
    }
  }
}

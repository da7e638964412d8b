import type { InvokeResult } from '#local/types.ts'
import {
  type CallWatch,
  type Environment,
  functionId,
  type LambdaFunction,
  startEnvironment,
} from './environment.ts'
import type { EnvironmentRecord } from './environment-record.ts'
import { type FunctionLog, openFunctionLog } from './function-log.ts'
import { StartPace } from './start-pace.ts'

/** `outdated`: its code was replaced, so that it runs nothing more. */
type Slot = { environment: Environment; busy: boolean; outdated?: boolean; idleTimer?: NodeJS.Timeout }
export type FleetOptions = {
  logDir: string
  idleMs: number
  record: EnvironmentRecord | undefined
  watch: CallWatch | undefined
  onFree(): void
}

/** The running environments: which are busy, which are warm, and for how long they are kept. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #logs = new Map<string, FunctionLog>()
  readonly #pace = new StartPace()
  /** Most recently used last, so that the ones not needed any more fall idle and are reaped. */
  #slots: Slot[] = []

  constructor(options: FleetOptions) {
    this.#options = options
  }

  /** Runs one invocation in the warmest free environment of the function, or in a new one. */
  async run(fn: LambdaFunction, payload: string): Promise<InvokeResult> {
    const slot = this.#idle(functionId(fn)).at(-1) ?? this.#start(fn)
    clearTimeout(slot.idleTimer)
    slot.busy = true
    const result = await slot.environment.invoke(payload)
    this.#release(slot)
    return result
  }

  /** Of a function or a version, by its id; and whether one more environment is worth its start now. */
  count(id: string): { busy: number; idle: number; mayStart: boolean } {
    const own = this.#slots.filter(({ environment }) => environment.functionId === id)
    const busy = own.filter((slot) => slot.busy).length
    return { busy, idle: own.length - busy, mayStart: this.#pace.mayStart(id, busy) }
  }

  /** If nothing came free for so long, one more may be started; in ms. */
  get patienceMs(): number {
    return this.#pace.patienceMs
  }

  /** Ends the coldest idle environment of a function to make room. */
  evict(id: string): void {
    const [coldest] = this.#idle(id)
    if (coldest) this.#retire(coldest)
  }

  /** What a function or a version runs from now on runs in new environments; invocations under way end in theirs. */
  renew(id: string): void {
    for (const slot of this.#slots.filter(({ environment }) => environment.functionId === id)) {
      if (slot.busy) slot.outdated = true
      else this.#retire(slot)
    }
  }

  list(): { functionName: string; pid: number; busy: boolean }[] {
    return this.#slots.map(({ environment: { functionName, pid }, busy }) => ({ functionName, pid, busy }))
  }

  async close(): Promise<void> {
    const atWork = this.#slots.some(({ busy }) => busy)
    const ending = this.#slots.map(({ environment }) => environment.ended)
    for (const slot of [...this.#slots]) this.#retire(slot)
    await Promise.all(ending)
    if (!atWork) this.#options.record?.clear()
    for (const log of this.#logs.values()) log.close()
  }

  #idle(id: string): Slot[] {
    return this.#slots.filter(
      ({ environment, busy }) => !busy && !environment.gone && environment.functionId === id,
    )
  }

  #start(fn: LambdaFunction): Slot {
    const log = this.#logs.get(fn.name) ?? openFunctionLog(this.#options.logDir, fn.name)
    this.#logs.set(fn.name, log)
    const { busy } = this.count(functionId(fn))
    const slot: Slot = { environment: startEnvironment(fn, { log, watch: this.#options.watch }), busy: false }
    this.#slots.push(slot)
    void this.#pace.started(functionId(fn), busy, slot.environment.started).then(() => this.#options.onFree())
    this.#options.record?.add(slot.environment.pid)
    void slot.environment.ended.then(() => {
      this.#remove(slot)
      this.#options.onFree()
    })
    return slot
  }

  #release(slot: Slot): void {
    slot.busy = false
    this.#pace.cameFree(slot.environment.functionId)
    if (slot.environment.gone || slot.outdated) this.#retire(slot)
    else if (this.#slots.includes(slot)) {
      this.#remove(slot)
      this.#slots.push(slot)
      slot.idleTimer = setTimeout(() => this.#retire(slot), this.#options.idleMs).unref()
    }
    this.#options.onFree()
  }

  #retire(slot: Slot): void {
    this.#remove(slot)
    slot.environment.kill()
  }

  #remove(slot: Slot): void {
    clearTimeout(slot.idleTimer)
    this.#slots = this.#slots.filter((other) => other !== slot)
  }
}

import type { State } from '#core/states.ts'
import { checkEnd, checkOutcomes } from './check.ts'
import { type Intern, interning } from './interning.ts'
import { comeToRest } from './rest.ts'
import { Run } from './run.ts'
import type { Snapshot } from './snapshot.ts'
import type { Choice, Fate } from './turns.ts'
import type { UseCase } from './use-cases.ts'

/** How many requests of one run may meet each fate. */
export type Faults = Record<Exclude<Fate, 'answered'>, number>

export type Options = {
  faults: Faults
  /** From equal states all goes on alike, so what follows is run only the first time. @default true */
  merging?: boolean
  /** To compare the ends of two searches. */
  intern?: Intern
}

/** What broke first, and what the requests before it did. */
export type Finding = { violation: string; log: string[] }

export type Found = {
  /** Different orders in which the requests were carried out, faults included. */
  orders: number
  /** Different states that they pass through. */
  states: number
  /** Runs that it took to see each of these states. */
  runs: number
  /** Empty, or what broke in the run that ended the search. */
  findings: Finding[]
  /** States in which nothing is left to carry out. */
  ends: Set<string>
  /** In which states the job came to rest. */
  jobStates: Set<State>
}

/** Choices of which only the last one is new; it leaves the state `from`. */
type Branch = { choices: Choice[]; from: string | null }

const FAULTS = ['reply-lost', 'killed'] as const

/**
 * All orders of the requests of some use cases, depth first: each run begins at the start, goes along the
 * choices of a branch and then on by whatever comes first, until nothing is left or, if equal states are
 * merged, it meets a state that was seen before.
 */
class Search {
  private readonly start: Snapshot
  private readonly useCases: UseCase[]
  private readonly options: Required<Options>
  private readonly branches: Branch[] = [{ choices: [], from: null }]
  /** The states to which each state leads. */
  private readonly next = new Map<string, string[]>()
  private readonly ends = new Set<string>()
  private readonly jobStates = new Set<State>()
  private readonly findings: Finding[] = []
  private runs = 0

  constructor(start: Snapshot, useCases: UseCase[], options: Options) {
    this.start = start
    this.useCases = useCases
    this.options = { merging: true, intern: interning(), ...options }
  }

  async search(): Promise<Found> {
    while (this.findings.length === 0) {
      const branch = this.branches.pop()
      if (!branch) break
      await this.follow(branch)
    }
    const [first = ''] = this.next.keys()
    const { runs, findings, ends, jobStates } = this
    return { orders: pathsFrom(first, this.next), states: this.next.size, runs, findings, ends, jobStates }
  }

  private async follow({ choices, from }: Branch): Promise<void> {
    this.runs += 1
    const run = await Run.begin(this.start, this.useCases, this.options.intern)
    if (from !== null) await this.repeat(run, choices, from)
    let state = from
    let taken = choices
    while (this.enter(run, taken, state)) {
      state = this.keyOf(run, taken)
      this.branch(run, taken, state)
      taken = [...taken, { place: 0, fate: 'answered' }]
      await this.take(run, taken, state)
    }
    if (run.isOver && !this.ends.has(run.key())) await this.end(run)
  }

  private async repeat(run: Run, choices: Choice[], from: string): Promise<void> {
    const before = choices.slice(0, -1)
    for (const choice of before) await run.take(choice)
    if (this.keyOf(run, before) !== from) throw new Error('the same choices led to another state')
    await this.take(run, choices, from)
  }

  /** Takes the last choice. A request that changed something may meet a fault instead. */
  private async take(run: Run, choices: Choice[], from: string): Promise<void> {
    const { place, fate } = choices.at(-1)!
    const changed = await run.take({ place, fate })
    // To lose the reply of a read, or to be killed after it, is as if it had not been carried out.
    if (fate !== 'answered' || !changed) return
    const before = choices.slice(0, -1)
    const left = this.faultsLeft(before)
    for (const fault of FAULTS) {
      if (left[fault] > 0) this.branches.push({ choices: [...before, { place, fate: fault }], from })
    }
  }

  /** False where there is no need, or no way, to go on. */
  private enter(run: Run, choices: Choice[], from: string | null): boolean {
    const key = this.keyOf(run, choices)
    if (from !== null) this.next.get(from)!.push(key)
    if (this.next.has(key)) return false
    this.next.set(key, [])
    return !run.isOver
  }

  /** Each other request that may come first gets a run of its own. */
  private branch(run: Run, choices: Choice[], from: string): void {
    for (let place = 1; place < run.waiting; place += 1) {
      this.branches.push({ choices: [...choices, { place, fate: 'answered' }], from })
    }
  }

  private async end(run: Run): Promise<void> {
    this.ends.add(run.key())
    const { watch, log, outcomes } = run
    try {
      if (watch.violations.length === 0) {
        checkOutcomes(run)
        run.leaveAlone()
        await comeToRest(run)
        checkEnd(run)
        if (run.system.job) this.jobStates.add(run.system.job.state)
      }
    } catch (error) {
      watch.violations.push((error as Error).message)
    }
    for (const violation of watch.violations) this.findings.push({ violation, log: [...log, ...outcomes] })
  }

  private faultsLeft(choices: Choice[]): Faults {
    const { faults } = this.options
    const left = { ...faults }
    for (const { fate } of choices) if (fate !== 'answered') left[fate] -= 1
    return left
  }

  private keyOf(run: Run, choices: Choice[]): string {
    const way = this.options.merging ? this.faultsLeft(choices) : choices
    return `${run.key()}\n${JSON.stringify(way)}`
  }
}

/** Runs the use cases from `start` in all orders of their requests. */
export const searchOrders = (start: Snapshot, useCases: UseCase[], options: Options): Promise<Found> =>
  new Search(start, useCases, options).search()

/** The ways from a state to an end; no state leads back to itself. */
function pathsFrom(state: string, next: Map<string, string[]>, known = new Map<string, number>()): number {
  const found = known.get(state)
  if (found !== undefined) return found
  const following = next.get(state) ?? []
  const paths = following.reduce((sum, after) => sum + pathsFrom(after, next, known), 0) || 1
  known.set(state, paths)
  return paths
}

import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import type { Intern } from './interning.ts'
import { restored, type Snapshot } from './snapshot.ts'
import type { System } from './system.ts'
import { type Choice, Turns } from './turns.ts'
import type { UseCase } from './use-cases.ts'
import { Watch } from './watch.ts'

/** Some use cases at once, from one start; between two choices nothing moves. */
export class Run {
  readonly system: System
  readonly watch: Watch
  /** What each request did. */
  readonly log: string[] = []
  readonly start: Snapshot
  private readonly turns: Turns
  private readonly intern: Intern
  /** The history of each item since the start, as one number. */
  private readonly items = new Map<string, number>()
  private writes: number
  /** What the system keeps, as text. */
  private stored: string

  private constructor(start: Snapshot, system: System, intern: Intern) {
    this.system = system
    this.start = start
    this.intern = intern
    this.watch = new Watch(system.ports)
    this.turns = new Turns(intern)
    this.writes = system.ports.table.writes.length
    this.stored = this.storedNow()
  }

  static async begin(start: Snapshot, useCases: UseCase[], intern: Intern): Promise<Run> {
    const system = await restored(start)
    const run = new Run(start, system, intern)
    system.wire = run.turns.wire
    for (const [i, useCase] of useCases.entries()) {
      const name = `p${i + 1}`
      const process = { name, system, ports: system.portsOf(name), watch: run.watch }
      await run.turns.start(name, () => useCase.run(process))
    }
    return run
  }

  /** How many requests wait to be carried out. */
  get waiting(): number {
    return this.turns.waiting.length
  }

  /** Nothing is left to choose, or something broke already. */
  get isOver(): boolean {
    return this.waiting === 0 || this.watch.violations.length > 0
  }

  /** What each use case came to. */
  get outcomes(): string[] {
    return [...this.turns.processes.values()].map(({ outcome }) => outcome ?? 'waits')
  }

  /** True when the request changed anything. */
  async take(choice: Choice): Promise<boolean> {
    const { process } = this.turns.waiting[choice.place]!
    const before = this.stored
    await this.turns.take(choice, () => {
      this.see(process)
      this.stored = this.storedNow()
    })
    if (choice.fate === 'killed') this.watch.killed(process)
    this.log.push(`${process} ${choice.fate}`)
    return this.stored !== before
  }

  /** From here on each request is carried out at once. */
  leaveAlone(): void {
    this.system.wire = async (request) => {
      const answer = request()
      this.see('rest')
      return answer
    }
  }

  /** What decides how all goes on, and which violations are still to come. */
  key(): string {
    return [this.turns.key(), this.stored, this.watch.key()].join('\n')
  }

  private see(process: string): void {
    const { table } = this.system.ports
    const fresh = table.writes.slice(this.writes)
    this.writes = table.writes.length
    this.watch.see(fresh)
    for (const { after } of fresh) {
      const name = nameOf(after)
      this.log.push(`${process} writes ${name} ${after.state}`)
      this.items.set(name, this.intern(`${this.items.get(name) ?? 0} ${process} ${JSON.stringify(after)}`))
    }
  }

  private storedNow(): string {
    const items = [...this.items].map(([name, history]) => `${name} ${history}`)
    const executions = [...this.system.ports.executions.all].map(
      ([arn, { status, input }]) => `${arn} ${status} ${JSON.stringify(input)}`,
    )
    return [...items, ...executions].sort().join('|')
  }
}

const nameOf = (item: Job | Step): string => (item.kind === 'job' ? 'job' : item.name)

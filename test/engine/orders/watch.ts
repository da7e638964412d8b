import { hookFor } from '#core/clean-up/order.ts'
import { isOpen } from '#core/clean-up/unfinished.ts'
import type { Job } from '#core/job/job.ts'
import { isTerminal } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import type { MemoryPorts } from '#engine/memory/ports.ts'
import type { MemoryWrite } from '#engine/memory/table.ts'

export type Work = 'run' | 'abort' | 'revert'
type AtWork = { process: string; work: Work }

const isHalted = (job: Job): boolean =>
  isTerminal(job.state) || job.state === 'CANCELLING' || job.closed !== null

/** Sees every write, every stop and every piece of the author's code, and notes what must not be. */
export class Watch {
  readonly violations: string[] = []
  /** Somebody pressed Stop in the AWS console. */
  stoppedByHand = false
  private readonly ports: MemoryPorts
  private readonly atWork = new Map<string, AtWork>()
  private readonly ran = new Set<string>()
  /** Owners whose claim was written after the job was halted. */
  private readonly late = new Set<string>()
  private job: Job | undefined
  private deaths = 0
  private stops = 0

  /** What is in the table already is taken for seen. */
  constructor(ports: MemoryPorts) {
    this.ports = ports
    for (const { after } of ports.table.writes) {
      if (after.kind === 'job') this.job = after
      else if (after.touched) this.ran.add(after.name)
    }
    this.stops = ports.executions.stops.length
  }

  /** What a request has written, before anybody hears of it. */
  see(writes: readonly MemoryWrite[]): void {
    for (const { before, after } of writes) {
      if (after.kind === 'job') this.seeJob(before as Job | undefined, after)
      else if (after.attempt > ((before as Step | undefined)?.attempt ?? 0)) this.seeClaim(after)
    }
    if (this.ports.executions.stops.length > this.stops) this.seeStop()
    this.stops = this.ports.executions.stops.length
  }

  begin(process: string, work: Work, step: Step): void {
    const { name } = step
    const other = this.atWork.get(name)
    const both = work === 'run' ? 'I9' : 'I7'
    this.must(!other, both, `${work} of ${name} begins beside its ${other?.work}`)
    this.atWork.set(name, { process, work })
    if (work === 'run') {
      this.must(!this.late.has(step.owner!), 'I1', `${name} runs on a claim that came after the abort`)
      this.ran.add(name)
    } else this.checkHook(work, step)
  }

  end(process: string, { name }: Step): void {
    if (this.atWork.get(name)?.process === process) this.atWork.delete(name)
  }

  /** Nothing of a killed process runs any more. */
  killed(process: string): void {
    this.deaths += 1
    for (const [name, found] of this.atWork) if (found.process === process) this.atWork.delete(name)
  }

  must(holds: boolean, invariant: string, text: string): void {
    if (!holds) this.violations.push(`${invariant}: ${text}`)
  }

  /** What broke, and what decides what else will. */
  key(): string {
    const atWork = [...this.atWork].map(([name, { process, work }]) => `${name} ${work} ${process}`)
    const names = [atWork, [...this.ran], [...this.late]].map((list) => list.sort().join())
    return [...names, this.stoppedByHand, this.deaths > 0, ...this.violations].join('|')
  }

  private seeJob(before: Job | undefined, after: Job): void {
    this.job = after
    const aborted = before !== undefined && before.state !== 'CANCELLING' && after.state === 'CANCELLING'
    // Force is never ruled out before the end; but what the stand-down may have passed is not undone any more.
    const late = aborted && before.closed !== null
    const { mode, rollback } = after.abort_request ?? {}
    this.must(!late || mode === 'force', 'I4', `an abort (${mode}) of a closed job is accepted`)
    this.must(!late || rollback === false, 'I4', 'a rollback of a closed job is accepted')
    if (!after.abort_request || !isTerminal(after.state)) return
    const open = this.ports.table
      .steps()
      .filter(isOpen)
      .map(({ name }) => name)
    this.must(open.length === 0, 'I11', `the job is settled over the open ${open.join()}`)
  }

  private seeClaim(step: Step): void {
    if (this.job && isHalted(this.job)) this.late.add(step.owner!)
  }

  /** A graceful stop waits for the steps that run. */
  private seeStop(): void {
    const job = this.job
    if (job?.state !== 'CANCELLING' || job.closed || job.abort_request.mode === 'force') return
    this.must(this.atWork.size === 0, 'graceful', `a stop under the running ${[...this.atWork.keys()]}`)
  }

  private checkHook(work: Work, { name, order, attempt }: Step): void {
    // Whoever is killed right after the claim may have run, for all that anybody knows.
    const ran = this.ran.has(name) || (attempt > 0 && this.deaths > 0)
    this.must(ran, 'I6', `${work} of ${name}, which never ran`)
    for (const later of this.ports.table.steps()) {
      if (later.order <= order || !this.ran.has(later.name)) continue
      const open = this.job && hookFor(this.job, later) !== null
      this.must(!open, 'I6', `${work} of ${name} begins before the clean-up of ${later.name}`)
    }
  }
}

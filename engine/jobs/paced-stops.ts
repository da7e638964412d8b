import type { Job } from '#core/job/job.ts'
import type { Needs } from '../ports.ts'

/** StopExecution admits 25 a second in most regions, and lends 500 at once; others of the account need some, too. */
const AT_ONCE = 100
const A_SECOND = 20

type Pacing = Needs<'executions' | 'clock'>
type Waiter = { send: () => void; drop: () => void }

/** The stop was not sent: the sweeper sends it. */
export class StopLeftToSweeper extends Error {
  override readonly name = 'StopLeftToSweeper'
}

/** Holds StopExecution back until it is opened, then lets it through at a pace that leaves quota for others. */
export class PacedStops {
  readonly executions: Pacing['executions']
  private readonly clock: Pacing['clock']
  private readonly waiting: Waiter[] = []
  private tokens = AT_ONCE
  private isOpen = false
  private tick: (() => void) | undefined

  constructor({ executions, clock }: Pacing) {
    this.clock = clock
    this.executions = {
      start: (...given) => executions.start(...given),
      describe: (arn) => executions.describe(arn),
      running: (arn) => executions.running(arn),
      stop: (job) => this.stop(job, () => executions.stop(job)),
    }
  }

  open(): void {
    this.isOpen = true
    this.tick = this.clock.every(1000, () => {
      this.tokens = Math.min(AT_ONCE, this.tokens + A_SECOND)
      this.pass()
    })
    this.pass()
  }

  /** What has not been let through by now is not sent any more. */
  close(): void {
    this.tick?.()
    for (const { drop } of this.waiting.splice(0)) drop()
  }

  private stop(job: Job, send: () => Promise<boolean>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const drop = () => reject(new StopLeftToSweeper(`the stop of ${job.job_execution_id} was not sent yet`))
      this.waiting.push({ send: () => resolve(send()), drop })
      this.pass()
    })
  }

  private pass(): void {
    while (this.isOpen && this.tokens > 0 && this.waiting.length > 0) {
      this.tokens -= 1
      this.waiting.shift()!.send()
    }
  }
}

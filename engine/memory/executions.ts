import { MachineMissingError } from '#core/errors.ts'
import { type ExecutionEnd, executionArnOf, type Job } from '#core/job/job.ts'
import { timeAt } from '#core/time.ts'
import type { JsonText } from '#core/value.ts'
import type { Clock, Execution, Executions } from '../ports.ts'
import { atOnce, type Wire } from './table.ts'

type Ending = Pick<ExecutionEnd, 'error' | 'cause'>
const NOTHING: Ending = { error: null, cause: null }

/** Step Functions as far as the use cases see it: executions that start, end and can be asked. */
export class MemoryExecutions implements Executions {
  readonly all = new Map<string, Execution>()
  /** The ARNs that `stop` was called for. */
  readonly stops: string[] = []
  /** The machines that were deleted. */
  readonly missing = new Set<string>()
  /** What the next calls of `stop` throw. */
  readonly failStops: Error[] = []
  private readonly clock: Clock
  private readonly wire: Wire

  constructor(clock: Clock, wire: Wire = atOnce) {
    this.clock = clock
    this.wire = wire
  }

  start(stateMachineArn: string, name: string, input: JsonText): Promise<boolean> {
    return this.wire(() => {
      if (this.missing.has(stateMachineArn)) throw new MachineMissingError(`there is no ${stateMachineArn}`)
      const arn = executionArnOf(stateMachineArn, name)
      if (this.all.has(arn)) return false
      const started_at = timeAt(this.clock.now())
      this.all.set(arn, { name, status: 'RUNNING', started_at, input, end: null })
      return true
    })
  }

  describe(executionArn: string): Promise<Execution | undefined> {
    return this.wire(() => this.all.get(executionArn))
  }

  stop(job: Job): Promise<boolean> {
    return this.wire(() => {
      const error = this.failStops.shift()
      if (error) throw error
      this.stops.push(job.execution_arn)
      if (!this.all.has(job.execution_arn)) return false
      this.end(job.execution_arn, 'ABORTED', { error: 'JobAborted', cause: null })
      return true
    })
  }

  running(stateMachineArn: string): Promise<string[]> {
    const prefix = executionArnOf(stateMachineArn, '')
    return this.wire(() =>
      [...this.all]
        .filter(([arn, found]) => found.status === 'RUNNING' && arn.startsWith(prefix))
        .map(([, found]) => found.name),
    )
  }

  /** Ends a running execution as Step Functions itself, or a person, would. */
  end(arn: string, status: ExecutionEnd['status'], ending: Ending = NOTHING): void {
    const found = this.all.get(arn)
    if (found?.status === 'RUNNING') this.all.set(arn, { ...found, status, end: { status, ...ending } })
  }
}

import { randomUUID } from 'node:crypto'
import type { AbortMode, Job } from '#core/job/job.ts'
import type { StepCall, StepPayload, Template } from '#core/template.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { executeJob } from '#engine/jobs/execute.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import type { Clock } from '#engine/ports.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import type { StepMetadata } from '../types.ts'

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine'
const LEASE_MS = 30_000
/** Every checkpoint is written, and an abort is seen at the next turn of the timers. */
const TIMING = { leaseMs: LEASE_MS, lookMs: 5, writeMs: 0 }

/** A process that runs one attempt; once it is dead, its timers are over. */
export type Attempt = { ports: StepPorts; die(): void }

/** A job with one step, in this process: its store, its execution, and a clock on which a lease ends when it is told to. */
export class World {
  readonly ports: MemoryPorts
  private readonly step: StepMetadata
  private readonly template: Template
  private skippedMs = 0

  constructor(step: StepMetadata) {
    this.step = step
    this.template = templateOf(step)
    const clock = { now: () => Date.now() + this.skippedMs, ...timers(new Set()) }
    this.ports = memoryPorts({ templates: [this.template], standDownArn: `${ARN}:stand-down`, clock })
  }

  start(input: unknown): Promise<Job> {
    const started = { template: this.template, input, tenant_id: 'default', created_by: 'test' }
    return executeJob(this.ports, { ...started, idempotency_key: randomUUID() })
  }

  async abort(job: Job, mode: AbortMode, rollback: boolean): Promise<void> {
    const { job_execution_id } = job
    const asked = { job_execution_id, mode, rollback, reason: null, requested_by: 'test' }
    const { stopping } = await abortJob(this.ports, { ...asked, force_after_seconds: null })
    await stopping
  }

  /** What the state machine gives the step. */
  payload(job: Job, { input, index }: { input: unknown; index?: number | undefined }): StepPayload {
    const { name: step, abortable, clean_up_after, hooks } = this.step
    const call: StepCall = {
      ...{ template: this.template.name, step, order: 1, abortable, clean_up_after, hooks },
      ...(index === undefined ? {} : { index }),
      job_execution_id: job.job_execution_id,
      execution_arn: job.execution_arn,
      execution_started_at: this.ports.executions.all.get(job.execution_arn)?.started_at ?? '',
    }
    return { standdown: call, input }
  }

  attempt(): Attempt {
    const running = new Set<() => void>()
    const clock: Clock = { now: () => this.ports.clock.now(), ...timers(running) }
    const die = (): void => {
      for (const end of running) end()
    }
    return { ports: { ...this.ports, clock, timing: TIMING }, die }
  }

  /** As if so much time had passed that no lease of the dead is left. */
  endLeases(): void {
    this.skippedMs += LEASE_MS + 1
  }
}

const timers = (running: Set<() => void>): Pick<Clock, 'after' | 'every'> => {
  const ending = (end: () => void): (() => void) => {
    running.add(end)
    return () => {
      running.delete(end)
      end()
    }
  }
  return {
    after: (milliseconds, work) => {
      const timer = setTimeout(work, milliseconds)
      return ending(() => clearTimeout(timer))
    },
    every: (milliseconds, work) => {
      const timer = setInterval(work, milliseconds)
      return ending(() => clearInterval(timer))
    },
  }
}

const templateOf = ({ name, abortable, clean_up_after, irreversible, hooks }: StepMetadata): Template => ({
  name: 'test',
  description: 'one step',
  state_machine_arn: `${ARN}:test`,
  input_schema: null,
  abort_modes: ['graceful', 'force'],
  definition: { StartAt: '', States: {} },
  steps: [
    {
      ...{ name, abortable, clean_up_after, irreversible, hooks },
      order: 1,
      function_arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      mapped: false,
    },
  ],
})

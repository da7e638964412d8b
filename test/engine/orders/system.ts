import { executionArnOf, type Job } from '#core/job/job.ts'
import type { StepCall, Template } from '#core/template.ts'
import { ManualClock } from '#engine/memory/clock.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import { atOnce, type Wire } from '#engine/memory/table.ts'
import { nameBasedId } from '#engine/name-based-id.ts'
import type { Clock, Execution } from '#engine/ports.ts'
import type { StepPorts } from '#engine/steps/ports.ts'
import { NO_STATES, templateStep } from '#test/core/template-samples.ts'

export const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
export const STAND_DOWN = 'arn:aws:states:us-east-1:000000000000:stateMachine:stand-down'
/** Whose requests with this key are all for the one job. */
export const REQUEST = { created_by: 'me', idempotency_key: 'key' }
export const JOB_ID = nameBasedId(`${REQUEST.created_by}\n${REQUEST.idempotency_key}`)
export const EXECUTION = executionArnOf(MACHINE, JOB_ID)
/** As the definition names the execution's start. */
const STARTED_AT = '2026-01-31T09:00:00.000Z'
export const STEPS = ['list', 'copy', 'verify'] as const
export type StepName = (typeof STEPS)[number]

export const TEMPLATE: Template = {
  name: 'demo',
  description: '',
  state_machine_arn: MACHINE,
  input_schema: null,
  abort_modes: ['graceful', 'force'],
  definition: NO_STATES,
  steps: STEPS.map((name, i) => templateStep(name, i + 1)),
}

/** Attempts look at the abort at every checkpoint. */
const TIMING = { leaseMs: 60_000, lookMs: 0, writeMs: 0 }
/** Longer than any lease, any request in flight and the wait for the last look at an ended job. */
const A_WHILE_MS = 200_000

export type ProcessPorts = MemoryPorts & StepPorts

/** The product in one process: one job of three steps, whose requests go over a wire that a test may take. */
export class System {
  readonly ports: MemoryPorts
  wire: Wire = atOnce
  private readonly clock: ManualClock

  constructor(now?: number) {
    this.clock = new ManualClock(now)
    const wire: Wire = (request) => this.wire(request)
    this.ports = memoryPorts({ templates: [TEMPLATE], standDownArn: STAND_DOWN, clock: this.clock, wire })
  }

  /** The ports as one process has them: no timer of it fires, its ids are its own. */
  portsOf(process: string): ProcessPorts {
    let ids = 0
    const random = (): string => {
      ids += 1
      return `${process}-${ids}`
    }
    return { ...this.ports, ids: { random }, clock: withoutTimers(this.clock), timing: TIMING }
  }

  get job(): Job | undefined {
    return this.ports.table.jobs()[0]
  }

  get execution(): Execution | undefined {
    return this.ports.executions.all.get(EXECUTION)
  }

  /** Everything that is in flight arrives, or is given up, and every lease that nobody renews ends. */
  letAWhilePass(): void {
    this.clock.advance(A_WHILE_MS)
  }

  pass(milliseconds: number): void {
    this.clock.advance(milliseconds)
  }

  get now(): number {
    return this.clock.now()
  }
}

export const callOf = (step: StepName): StepCall => ({
  template: TEMPLATE.name,
  step,
  order: STEPS.indexOf(step) + 1,
  abortable: 'checkpoint',
  job_execution_id: JOB_ID,
  execution_arn: EXECUTION,
  execution_started_at: STARTED_AT,
  // The pause between two looks grows with it; here the clock stands still, and there is none.
  concurrency: 0,
})

/** As an invocation of a step's function has it. */
export const INVOCATION = { remainingMs: 900_000, function_arn: null }

const withoutTimers = (clock: Clock): Clock => ({
  now: () => clock.now(),
  after: () => () => undefined,
  every: () => () => undefined,
})

import type { Job, Time } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { isTerminal } from '#core/states.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import { applyEvent } from '../apply.ts'
import type { JobIndex, JobOutcome, Jobs, NewestQuery, StepOutcome, Steps } from '../ports.ts'
import type { MemoryTable } from './table.ts'

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const placeOf = (job: Job): string => `${job.created_at}#${job.job_execution_id}`

export class MemorySteps implements Steps {
  private readonly table: MemoryTable

  constructor(table: MemoryTable) {
    this.table = table
  }

  get(key: StepKey): Promise<Step | undefined> {
    return this.table.step(key).read()
  }

  list(jobId: string): Promise<Step[]> {
    return this.table.wire(() => this.table.stepsOf(jobId))
  }

  apply(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome> {
    return applyEvent(this.table.step(key), (step) => nextStep(step, event), guess)
  }
}

/** Jobs and the index over them. */
export class MemoryJobs implements Jobs, JobIndex {
  private readonly table: MemoryTable
  private readonly retired = new Set<string>()

  constructor(table: MemoryTable) {
    this.table = table
  }

  get(jobId: string): Promise<Job | undefined> {
    return this.table.job(jobId).read()
  }

  glance(jobId: string): Promise<Job | undefined> {
    return this.get(jobId)
  }

  apply(jobId: string, event: JobEvent, guess?: Job): Promise<JobOutcome> {
    return applyEvent(this.table.job(jobId), (job) => nextJob(job, event), guess)
  }

  async retire(job: Job): Promise<void> {
    const current = await this.get(job.job_execution_id)
    if (current?.version !== job.version)
      throw new Error(`the job ${job.job_execution_id} was written meanwhile`)
    this.retired.add(job.job_execution_id)
  }

  newest({ template, state, before, limit }: NewestQuery): Promise<Job[]> {
    return this.find((job) => {
      const wanted = job.template === template && (state === undefined || job.state === state)
      return wanted && (before === undefined || placeOf(job) < before)
    }).then((jobs) => jobs.sort((a, b) => ascending(placeOf(b), placeOf(a))).slice(0, limit))
  }

  active(): Promise<Job[]> {
    return this.find((job) => !isTerminal(job.state))
  }

  ended(before: Time): Promise<Job[]> {
    const open = (job: Job): boolean => !this.retired.has(job.job_execution_id)
    return this.find((job) => isTerminal(job.state) && job.updated_at < before && open(job))
  }

  private find(wanted: (job: Job) => boolean): Promise<Job[]> {
    return this.table.wire(() =>
      this.table
        .values()
        .filter((value) => value.kind === 'job')
        .filter(wanted),
    )
  }
}

import { needsBringingOn } from '#core/clean-up/unfinished.ts'
import type { Job, Time } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { isTerminal } from '#core/states.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import { type Step, type StepKey, stepSortKey } from '#core/step/step.ts'
import { applyEvent } from '../apply.ts'
import type {
  ActiveQuery,
  JobFilter,
  JobIndex,
  JobOutcome,
  Jobs,
  NewestQuery,
  Page,
  StepOutcome,
  StepPageQuery,
  Steps,
} from '../ports.ts'
import { pageOf } from './page.ts'
import type { MemoryTable } from './table.ts'

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const isOpen = (job: Job): boolean => !isTerminal(job.state)
const fits = (job: Job, { template, state, tenant_id }: JobFilter): boolean =>
  [undefined, job.template].includes(template) &&
  [undefined, job.state].includes(state) &&
  [undefined, job.tenant_id].includes(tenant_id)

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

  async page(jobId: string, { updated_after = '', ...query }: StepPageQuery): Promise<Page<Step>> {
    const { items, next } = pageOf(await this.list(jobId), stepSortKey, query)
    return { items: items.filter((step) => step.updated_at > updated_after), next }
  }

  async latest(jobId: string, limit: number): Promise<Step[]> {
    return (await this.list(jobId)).slice(-limit)
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

  newest(query: NewestQuery): Promise<Page<Job>> {
    return this.page(query, (job) => `${job.created_at}#${job.job_execution_id}`)
  }

  latest(query: ActiveQuery): Promise<Page<Job>> {
    return this.page(query, (job) => `${job.updated_at}#${job.job_execution_id}`, isOpen)
  }

  private async page(
    query: ActiveQuery,
    placeOf: (job: Job) => string,
    among: (job: Job) => boolean = () => true,
  ): Promise<Page<Job>> {
    const { after, limit } = query
    const later = (job: Job): boolean => after === undefined || placeOf(job) < after
    const jobs = await this.find((job) => among(job) && fits(job, query) && later(job))
    return pageOf(
      jobs.sort((a, b) => ascending(placeOf(b), placeOf(a))),
      placeOf,
      { limit },
    )
  }

  active(): Promise<Job[]> {
    return this.find(needsBringingOn)
  }

  ended(before: Time): Promise<Job[]> {
    const open = (job: Job): boolean => !this.retired.has(job.job_execution_id)
    return this.find((job) => !needsBringingOn(job) && job.updated_at < before && open(job))
  }

  private find(wanted: (job: Job) => boolean): Promise<Job[]> {
    return this.table.wire(() => this.table.jobs().filter(wanted))
  }
}

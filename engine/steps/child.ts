import { CannotCleanUp, JobEndedError } from '#core/errors.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { childNames } from '#core/step/child.ts'
import type { Step } from '#core/step/step.ts'
import { abortJob } from '../jobs/abort.ts'
import { inheritedAbort } from '../jobs/family.ts'
import type { HookFunctions } from './hook.ts'

type Ports = Parameters<typeof abortJob>[0]

/** One that the step's task started; `job` where it is one of ours. */
type Child = { arn: string; job: Job | undefined; running: boolean; ended: boolean }

/** The clean-up of a step that waits for an execution: it is stopped until a look shows that it has ended. */
export function childHooks(ports: Ports, parent: Job, step: Step): HookFunctions {
  return {
    hasEnded: async () => (await childrenOf(ports, step)).every(({ ended }) => ended),
    abort: async ({ ended }) => {
      const children = await childrenOf(ports, step)
      if (ended === false) await Promise.all(children.map((child) => stop(ports, parent, child)))
      else refuseLeft(children)
    },
  }
}

async function childrenOf(ports: Ports, step: Step): Promise<Child[]> {
  const machine = step.external?.child?.machine_arn ?? ''
  return Promise.all(
    childNames(step).map(async (name) => {
      const arn = executionArnOf(machine, name)
      const found = await ports.jobs.get(name)
      const job = found?.execution_arn === arn ? found : undefined
      if (job && job.ended_at !== null) return { arn, job, running: false, ended: true }
      const running = (await ports.executions.describe(arn))?.status === 'RUNNING'
      // A job has ended once it is cleaned up; any other execution when Step Functions says so, or knows none.
      return { arn, job, running, ended: !job && !running }
    }),
  )
}

/** The parent's execution has ended, so that nobody waits for it any more: by force. */
async function stop(ports: Ports, parent: Job, { arn, job, running }: Child): Promise<void> {
  // A job that is being cleaned up needs no more than its time.
  if (!running) return
  if (!job) {
    await ports.executions.stop({ ...parent, execution_arn: arn })
    return
  }
  const { requested_by, reason, rollback } = inheritedAbort(parent)
  const command = { job_execution_id: job.job_execution_id, requested_by, reason, rollback }
  try {
    const { stopping } = await abortJob(ports, { ...command, mode: 'force', force_after_seconds: null })
    await stopping
  } catch (error) {
    if (!(error instanceof JobEndedError)) throw error
  }
}

/** @throws CannotCleanUp where a child of ours left something behind: its own clean-up is to be repeated */
function refuseLeft(children: Child[]): void {
  const left = children.find(({ job }) => job && job.left_behind.length > 0)
  if (!left?.job) return
  const { job_execution_id: id, left_behind } = left.job
  throw new CannotCleanUp(`its job ${id} left behind ${left_behind.join('; ')}`.slice(0, 500))
}

import { JobAborted } from '#core/errors.ts'
import type { Job } from '#core/job/job.ts'
import { nextJob } from '#core/job/reducer.ts'
import { lifeOf } from '#core/step/of-job.ts'
import type { StepTraits } from '#core/step/step.ts'
import { timeAt } from '#core/time.ts'
import { applyEvent, type Versioned, type Written } from '#engine/apply.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { admitJob } from '#engine/jobs/admit.ts'
import type { Jobs } from '#engine/ports.ts'
import { stepKeyOf } from '#engine/steps/claim.ts'
import { withCalls } from '../with-calls.ts'
import { callOf, EXECUTION, JOB_ID, type StepName, type System } from './system.ts'
import { abortCommand, hookOf, type UseCase, useCase } from './use-cases.ts'
import { claimOf, work } from './work.ts'

// Use cases with a fault built in, to prove that the search sees it.

const TRAITS: StepTraits = {
  abortable: 'checkpoint',
  clean_up_after: 'lease',
  hooks: null,
  irreversible: null,
  rank: null,
  item_count: null,
  loop_order: null,
}

/** The claim reads the job, then writes: an abort may fall between. */
export const claimAfterRead = (name: StepName): UseCase =>
  useCase('a claim that reads the job before it writes', async (process) => {
    const { ports } = process
    const call = callOf(name)
    const life = lifeOf(call)
    const { job_execution_id, template } = call
    const job = await admitJob(ports, { ...life, job_execution_id, template })
    if (job.kind === 'refused') throw new JobAborted('too late')
    const key = stepKeyOf(call)
    const until = timeAt(ports.clock.now() + ports.timing.leaseMs)
    const lease = { owner: ports.ids.random(), epoch: 1, lease_until: until, dead_by: until }
    const claimant = { ...life, function_arn: null }
    const step = { ...key, ...TRAITS, template }
    const at = timeAt(ports.clock.now())
    const claimed = await ports.steps.apply(key, { type: 'claim', at, step, lease, claimant })
    if (claimed.kind === 'refused') throw new JobAborted('too late')
    await work(process, claimOf(process, claimed.item, job.item))
  })

/** A clock that is two minutes ahead takes every lease for ended. */
export const hookWithoutWaiting = (name: StepName): UseCase =>
  useCase('a hook that waits for no lease', (process) => {
    const clock = withCalls(process.ports.clock, { now: () => process.system.now + 120_000 })
    return hookOf({ ...process, ports: { ...process.ports, clock } }, name)
  })

export const abortWithoutLook = useCase('a graceful abort that stops whatever runs', async ({ ports }) => {
  const steps = withCalls(ports.steps, { list: async () => [] })
  await (await abortJob({ ...ports, steps }, abortCommand('graceful'))).stopping
  return 'accepted'
})

/** The abort is written; the stop is left to the sweeper. */
export const abortWithoutStop = useCase('an abort that stops nothing', async ({ ports }) => {
  const executions = withCalls(ports.executions, { stop: async () => true })
  await (await abortJob({ ...ports, executions }, abortCommand('force'))).stopping
  return 'accepted'
})

/** A record that does not know a write by its id: sent again after a lost reply, it is taken for another's. */
const forgetful = (system: System, record: Versioned<Job>): Versioned<Job> => ({
  read: () => record.read(),
  write: (from, to) => {
    const { wire } = system
    let written: Written<Job> = { kind: 'lost', current: undefined }
    return wire(() => {
      system.wire = async (request) => {
        const answer = request()
        written = answer as Written<Job>
        return answer
      }
      record.write(from, to)
      system.wire = wire
      return written
    })
  },
})

export const abortWithForgetfulWrite = useCase('an abort that forgets its own write', async (process) => {
  const { ports, system } = process
  const record = forgetful(system, ports.table.job(JOB_ID))
  const apply: Jobs['apply'] = (_id, event, guess) => applyEvent(record, (job) => nextJob(job, event), guess)
  const jobs = withCalls(ports.jobs, { apply })
  await (await abortJob({ ...ports, jobs }, abortCommand('force'))).stopping
  return 'accepted'
})

export const endWithoutCommit = useCase('an execution that ends without a commit', ({ system }) =>
  system.wire(() => system.ports.executions.end(EXECUTION, 'SUCCEEDED')),
)

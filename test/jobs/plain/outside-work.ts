import { setTimeout as sleep } from 'node:timers/promises'
import type { LabInput } from '../lab-step.ts'
import { isReleased, mark } from '../marks.ts'
import { setUp, tearDown } from '../outside.ts'

/** What a state of a chain asks of a service that knows nothing of Standdown. */
type Order = { job: string; step: string; marks?: string; steps?: LabInput['steps'] }

const TICK_MS = 100

/** Works as the job's input says, whatever becomes of the execution that asked for it. */
async function work({ job, step, marks, steps }: Order): Promise<void> {
  const { ms = 0, held = false, fails = 0 } = steps?.[step] ?? {}
  const at = { bucket: marks, job: { job_execution_id: job }, step, index: null }
  await mark(at, 'run-start-1')
  const until = Date.now() + ms
  while (held ? !(await isReleased(at)) : Date.now() < until) await sleep(TICK_MS)
  await mark(at, 'run-end-1')
  await tearDown(marks, job, step)
  if (fails > 0) throw Object.assign(new Error(`${step} was to fail`), { name: 'OutsideFailure' })
}

/** Also in the place of a Glue job. A cluster is set up, and stands until it is taken down; work stands as long as it runs. */
export const handler = async (given: Order | { Arguments: Order }): Promise<unknown> => {
  const order = 'Arguments' in given ? given.Arguments : given
  const { job, step, marks } = order
  if (step === 'take-down') return tearDown(marks, job, 'cluster')
  const thing = await setUp(marks, job, step)
  if (step !== 'cluster') await work(order)
  return { thing }
}

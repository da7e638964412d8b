import { setTimeout as pause } from 'node:timers/promises'
import { createClient, type JobView } from 'standdown/client'
import { isNotification } from 'standdown/events'

/** A program: starts a job for each mode, aborts it in mid-step, and prints how it ended. */
const client = createClient({ endpoint: process.argv[2] ?? '' })

async function look(id: string, isThere: (job: JobView) => boolean): Promise<JobView> {
  for (let tries = 0; tries < 600; tries += 1) {
    const job = await client.job(id)
    if (isThere(job)) return job
    await pause(100)
  }
  throw new Error(`the job ${id} does not come on`)
}

for (const mode of ['graceful', 'force'] as const) {
  const { job_execution_id: id } = await client.execute({ template: 'count', input: { to: 600 } })
  await look(id, ({ progress }) => (progress?.done ?? 0) > 0)
  await client.abort(id, { mode, reason: 'far enough' })
  const job = await look(id, ({ ended_at }) => ended_at !== null)
  const { items } = await client.events(id)
  const [step] = job.steps
  const told = items.map((detail) => ({ source: 'standdown', 'detail-type': detail.event_type, detail }))
  console.log(mode, job.state, step?.state, step?.cleaned_up, told.every(isNotification))
}

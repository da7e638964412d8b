import { DescribeExecutionCommand } from '@aws-sdk/client-sfn'
import type { AbortMode } from '#core/job/job.ts'
import type { Deployment } from '../scenarios/open-deployment.ts'
import { until } from '../scenarios/poll.ts'
import { between, items, median, quantile, round, SELDOM, timed } from './figures.ts'

const ACKNOWLEDGED = 30
const AT_ONCE = 6

/** abort-job for jobs that wait: the answer comes after the write and the StopExecution. */
export async function acknowledged(deployment: Deployment) {
  const { api } = deployment
  const abort = async (id: string): Promise<void> => {
    const { status } = await api.call('POST /abort-job', { body: { input: { job_execution_id: id } } })
    if (status !== 202) throw new Error(`abort-job answered ${status}`)
  }
  const [calm, busy] = [await waiting(deployment), await waiting(deployment)]
  const one: number[] = []
  for (const id of calm) {
    one.push(...(await timed(1, () => abort(id))))
    await api.settled(id, { everyMs: 200 })
  }
  const inARow = await timed(busy.length, (i) => abort(busy[i]!))
  await Promise.all(busy.map((id) => api.settled(id, SELDOM)))
  return { one_at_a_time: shown(one), while_others_stand_down: shown(inARow) }
}

const shown = (taken: number[]) => ({
  p50_ms: round(median(taken)),
  p99_ms: round(quantile(taken, 0.99)),
  of: taken.length,
})

async function waiting({ api }: Deployment): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < ACKNOWLEDGED) {
    ids.push(...(await Promise.all(items(AT_ONCE).map(() => api.start('lab-chain', { wait: 3_600 })))))
    await Promise.all(ids.slice(-AT_ONCE).map((id) => api.step(id, 'first', 'SUCCEEDED')))
  }
  return ids
}

type Stopped = { stopped: number; aborted: number; settled: number }

/** A job of that many steps, aborted in its last one; all times from the write of the request. */
async function abortOne({ api, sfn }: Deployment, steps: number, mode: AbortMode): Promise<Stopped> {
  const input = { items: items(steps), ms: 600_000, slow_from: steps - 1 }
  const id = await api.start('bench-slow-op', input)
  await until(
    'the last step',
    async () => {
      const { SUCCEEDED, ONGOING } = (await api.view(id)).step_counts
      return SUCCEEDED === steps - 1 && ONGOING === 1
    },
    { everyMs: 200 },
  )
  await api.abort(id, { mode })
  const view = await api.settled(id, SELDOM)
  const events = await api.notified(id)
  const requested = view.abort_request?.requested_at
  const last = events.findLast(({ event_type, payload }) => {
    return event_type === 'step.cancel.start' && payload.data.step?.index === steps - 1
  })
  const { stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn: view.execution_arn }))
  return {
    stopped: between(requested, last?.timestamp),
    aborted: between(requested, stopDate?.toISOString()),
    settled: between(requested, view.ended_at),
  }
}

type Series = { steps: number; mode: AbortMode; rounds: number }

async function several(deployment: Deployment, { steps, mode, rounds }: Series) {
  const found: Stopped[] = []
  for (let i = 0; i < rounds; i += 1) found.push(await abortOne(deployment, steps, mode))
  const middle = (what: keyof Stopped): number => round(median(found.map((times) => times[what])), 0)
  const shown = { execution_aborted_ms: middle('aborted'), settled_ms: middle('settled') }
  return mode === 'graceful' ? { last_step_stopped_ms: middle('stopped'), ...shown } : shown
}

export async function aborts(deployment: Deployment) {
  const both = async (steps: number, rounds: number) => ({
    graceful: await several(deployment, { steps, mode: 'graceful', rounds }),
    force: await several(deployment, { steps, mode: 'force', rounds }),
  })
  return { '1_step': await both(1, 5), '10_steps': await both(10, 3), '300_steps': await both(300, 1) }
}

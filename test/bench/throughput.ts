import type { JobView } from '#core/api/answers.ts'
import type { Deployment } from '../scenarios/open-deployment.ts'
import { between, items, median, round, SELDOM } from './figures.ts'

async function noOps(
  { api }: Deployment,
  { steps, jobs }: { steps: number; jobs: number },
): Promise<JobView[]> {
  const ids = await Promise.all(items(jobs).map(() => api.start('bench-no-op', { items: items(steps) })))
  return Promise.all(ids.map((id) => api.settled(id, SELDOM)))
}

/** From the first claim to the last commit. */
function stepsPerSecond(views: JobView[], steps: number): number {
  const first = views.map(({ started_at }) => started_at!).sort()[0]
  const last = views
    .map(({ ended_at }) => ended_at!)
    .sort()
    .at(-1)
  return (steps * views.length * 1000) / between(first, last)
}

export async function throughput(deployment: Deployment) {
  const rate = async (jobs: number): Promise<number> => {
    const rates: number[] = []
    for (let i = 0; i < 3; i += 1) {
      rates.push(stepsPerSecond(await noOps(deployment, { steps: 20, jobs }), 20))
    }
    return round(median(rates))
  }
  // Once before, so that warm environments are measured, as with 8 at once below.
  await noOps(deployment, { steps: 20, jobs: 8 })
  return { '20_steps_1_job': await rate(1), '20_steps_8_jobs': await rate(8) }
}

/** What a step costs in a short job and in a long one. */
export async function perStep(deployment: Deployment) {
  const cost = async (steps: number): Promise<number> => {
    const [view] = await noOps(deployment, { steps, jobs: 1 })
    return round(between(view?.started_at, view?.ended_at) / steps, 2)
  }
  // Before and after the long one: other things grow meanwhile, such as the emulator's stream log.
  await cost(60)
  const before = [await cost(10), await cost(10), await cost(10)]
  const long = await cost(300)
  const after = [await cost(10), await cost(10), await cost(10)]
  const short = (median(before) + median(after)) / 2
  return { ms_per_step_of_10: round(short, 2), ms_per_step_of_300: long, ratio: round(long / short, 2) }
}

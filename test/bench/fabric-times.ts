import { scripted } from '../scenarios/fabric-data.ts'
import type { Deployment } from '../scenarios/open-deployment.ts'
import { between, items, median, round, SELDOM } from './figures.ts'

const PLAYBOOKS = 20
const ROUNDS = 3

/** A fabric job of twenty playbooks that do nothing: what stays is what the job takes to begin, poll and end each. */
export async function fabric({ api }: Deployment) {
  const playbooks = items(PLAYBOOKS).map((i) => scripted({ name: `playbook ${i}`, commands: ['true'] }))
  const took: number[] = []
  for (const _ of items(ROUNDS)) {
    const view = await api.settled(await api.start('fabric', { playbooks }), SELDOM)
    if (view.state !== 'SUCCEEDED') throw new Error(`the fabric job ended ${view.state}`)
    took.push(between(view.started_at, view.ended_at))
  }
  const all = median(took)
  return { playbooks: PLAYBOOKS, seconds: round(all / 1_000), ms_per_playbook: round(all / PLAYBOOKS, 0) }
}

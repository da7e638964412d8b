import type { StepWithValues } from '#core/api/answers.ts'
import type { AbortMode } from '#core/job/job.ts'
import type { PlaybookReport } from '#functions/steps/fabric/playbook/report.ts'
import { isRunning, LEAFS, Marks, scripted } from '../scenarios/fabric-data.ts'
import { abortAndShow, type Scene, showEnd } from './scene.ts'

/** Playbooks run on the nodes of a fabric, which here all are this machine. */
export async function fabric(scene: Scene): Promise<void> {
  await abortInPlaybook(scene, 'graceful')
  await abortInPlaybook(scene, 'force')
  await fail(scene)
  await succeed(scene)
}

async function abortInPlaybook(scene: Scene, mode: AbortMode): Promise<void> {
  const { report } = scene
  report.chapter(`${mode}: a fabric job is aborted in the first of its two playbooks`)
  await using marks = await Marks.open()
  const id = await start(scene, [
    scripted({ name: 'leafs', commands: marks.held('leafs'), targets: LEAFS }),
    scripted({ name: 'spines', commands: [marks.mark('spines')] }),
  ])
  const pids = await Promise.all(LEAFS.map((node) => marks.pidOf('leafs-begun', node)))
  report.say(`the playbook leafs runs on ${LEAFS.length} nodes, as processes ${pids.join(', ')}`)
  const accepted = mode === 'graceful' ? { accepted: () => marks.release('leafs') } : {}
  await abortAndShow(scene, id, { mode, ...accepted })
  await showReports(scene, id)
  const [first] = await reportsOf(scene, id)
  const expected = mode === 'graceful' ? 'SUCCEEDED' : 'CANCELLED'
  report.check(`the playbook in hand is ${expected}`, first?.state === expected)
  const isWhole = LEAFS.every((node) => marks.has('leafs-ended', node))
  const ending = mode === 'graceful' ? 'came to its end' : 'was ended in its middle'
  report.check(`it ${ending} on every node`, isWhole === (mode === 'graceful'))
  report.check('the playbook spines never ran', !marks.has('spines'))
  report.check('no process of it is left', !pids.some(isRunning))
}

async function fail(scene: Scene): Promise<void> {
  const { report } = scene
  report.chapter('a playbook fails on one of three nodes')
  const commands = [`test "$AWS_SSM_INSTANCE_ID" != ${LEAFS[1]} || { echo "no such VLAN" >&2; exit 4; }`]
  const id = await start(scene, [
    scripted({ name: 'leafs', commands, targets: LEAFS }),
    scripted({ name: 'spines', commands: ['true'] }),
  ])
  const view = await showEnd(scene, id)
  report.check('the job is FAILED', view.state === 'FAILED')
  await showReports(scene, id)
  const [only, ...others] = await reportsOf(scene, id)
  const found = [only?.exit_code, only?.targets.percent_succeeded, others.length]
  report.check('it is told where, with code 4; the next never ran', found.join() === '4,66,0')
}

async function succeed(scene: Scene): Promise<void> {
  const { report } = scene
  report.chapter('a fabric job that nobody aborts')
  const commands = ['echo "$AWS_SSM_INSTANCE_ID configured"']
  const id = await start(scene, [
    scripted({ name: 'leafs', commands, targets: LEAFS, timeout_seconds: 60 }),
    scripted({ name: 'spines', commands }),
  ])
  const view = await showEnd(scene, id)
  await showReports(scene, id)
  report.check('the job is SUCCEEDED', view.state === 'SUCCEEDED')
}

/** By Contrail's own request. */
async function start({ api, report }: Scene, playbooks: unknown[]): Promise<string> {
  const job_template_fq_name = ['default-global-system-config', 'fabric']
  const { status, body } = await api.call<{ job_execution_id: string }>('POST /execute-job', {
    body: { job_template_fq_name, input: { playbooks } },
  })
  report.check(`execute-job is accepted (${status}): ${body.job_execution_id}`, status === 202)
  return body.job_execution_id
}

async function reportsOf({ api }: Scene, id: string): Promise<PlaybookReport[]> {
  const steps = await api.pages<StepWithValues>(`GET /jobs/${id}/steps?values=true`)
  return steps.flatMap(({ checkpoint }) => (checkpoint as { report?: PlaybookReport } | null)?.report ?? [])
}

async function showReports(scene: Scene, id: string): Promise<void> {
  for (const { name, state, exit_code, targets, output } of await reportsOf(scene, id)) {
    const counts = Object.entries(targets.counts).map(([details, count]) => `${count} ${details}`)
    scene.report.say(`  ${name.padEnd(8)} ${state.padEnd(10)} code ${exit_code}, ${counts.join(', ')}`)
    const printed = `${output?.stdout ?? ''}${output?.stderr ?? ''}`.trim()
    if (printed) scene.report.say(`           ${output?.target}: ${printed}`)
  }
}

import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import type { JobView } from '#core/api/answers.ts'
import type { AbortMode } from '#core/job/job.ts'
import type { ApiClient } from '../scenarios/api-client.ts'
import { LOCAL } from '../scenarios/open-deployment.ts'
import type { Report } from './report.ts'

/** What each system is shown with. */
export type Scene = { api: ApiClient; awsUrl: string; report: Report }

const REASON = 'a demonstration'

/** How the job is aborted; `accepted` is called once it is. */
export type Abort = { mode: AbortMode; accepted?(): unknown }

/** Aborts a running job, shows how it ends and what is told, and checks what holds for every system. */
export async function abortAndShow(scene: Scene, id: string, { mode, accepted }: Abort): Promise<JobView> {
  const { api, report } = scene
  const requested = performance.now()
  const body = { input: { job_execution_id: id, abort_mode: mode, reason: REASON } }
  const answer = await api.call<{ state: string }>('POST /abort-job', { body })
  const claim = `the abort is accepted (${answer.status}), the job is ${answer.body.state}`
  report.check(claim, answer.status === 202)
  await accepted?.()
  const view = await api.settled(id)
  report.say(`settled after ${((performance.now() - requested) / 1000).toFixed(1)} s`)
  report.steps(view)
  const events = await api.notified(id)
  report.notifications(events)
  report.check('the job is CANCELLED', view.state === 'CANCELLED')
  report.check('every step that was begun is cleaned up', view.steps.every(isStoodDown))
  report.check('each start has its end', countTypes(events, '.start') - 1 === countTypes(events, '.end'))
  await checkExecution(scene, view.execution_arn)
  const again = await api.abort(id, { mode })
  report.check(`a second abort is refused (${again.status})`, again.status === 409)
  return view
}

const isStoodDown = (step: { state: string; attempt: number; cleaned_up: boolean }): boolean =>
  step.state === 'SUCCEEDED' || (step.state === 'CANCELLED' && (step.attempt === 0 || step.cleaned_up))

const countTypes = (events: { event_type: string }[], ending: string): number =>
  events.filter(({ event_type }) => event_type.endsWith(ending)).length

async function checkExecution({ awsUrl, report }: Scene, executionArn: string): Promise<void> {
  const sfn = new SFNClient({ ...LOCAL, endpoint: awsUrl })
  const { status, error, cause = '{}' } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  const { requested_by, reason } = JSON.parse(cause) as { requested_by?: string; reason?: string }
  const claim = `describe-execution says ${status} ${error}, by ${requested_by}: ${reason}`
  report.check(claim, status === 'ABORTED' && error === 'JobAborted' && reason === REASON)
}

/** Waits for a job that nobody aborts, and shows it. */
export async function showEnd({ api, report }: Scene, id: string): Promise<JobView> {
  const view = await api.settled(id)
  report.steps(view)
  report.notifications(await api.notified(id))
  return view
}

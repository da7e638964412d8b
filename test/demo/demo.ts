import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import type { AbortMode } from '#core/job/job.ts'
import { ApiClient } from '../scenarios/api-client.ts'
import { startGatedStore } from '../scenarios/gated-store.ts'
import { npmStart } from '../scenarios/npm-start.ts'
import { s3At } from '../scenarios/open-deployment.ts'
import { brokenCopies, changedSources, countOf, openUploads, snapshotOf } from './copies.ts'
import { inWords, Report } from './report.ts'

const SOURCE = 'photos'
const DESTINATION = 'photos-archive'
type Scene = { api: ApiClient; awsUrl: string; report: Report }

async function abortHalfWay({ api, awsUrl, report }: Scene, mode: AbortMode): Promise<void> {
  const s3 = s3At(awsUrl)
  const prefix = `${mode}/`
  report.chapter(`${mode}: a migration is aborted with a multipart upload open`)
  const before = await snapshotOf(s3, SOURCE)
  // What a machine copies within itself is done before anyone can abort it: the gate stops it half-way.
  await using store = await startGatedStore(awsUrl)
  const id = await api.start('object-migration', inputOf(prefix, store.url))
  report.say(`started job ${id}`)
  await store.held
  const [open] = await openUploads(s3, DESTINATION, prefix)
  const { progress } = await api.view(id)
  report.say(`half-way: ${progress ? inWords(progress) : 'no progress yet'}, ${open} is being uploaded`)
  const requested = performance.now()
  const answer = await api.abort(id, { mode, reason: 'a demonstration' })
  report.check(
    `the abort is accepted (${answer.status}), the job is ${answer.body.state}`,
    answer.status === 202,
  )
  // A graceful abort waits for the calls in hand.
  if (mode === 'graceful') store.trickle()
  const view = await api.settled(id)
  report.say(`settled after ${((performance.now() - requested) / 1000).toFixed(1)} s`)
  report.steps(view)
  const events = await api.notified(id)
  report.notifications(events)
  report.check('the job is CANCELLED', view.state === 'CANCELLED')
  report.check('every step that was begun is cleaned up', view.steps.every(isStoodDown))
  report.check('each start has its end', countTypes(events, '.start') - 1 === countTypes(events, '.end'))
  const left = await openUploads(s3, DESTINATION, prefix)
  report.check(`${left.length} multipart uploads are left`, left.length === 0)
  const copied = await countOf(s3, DESTINATION, prefix)
  const broken = await brokenCopies(s3, { source: SOURCE, destination: DESTINATION, prefix })
  report.check(`${copied} objects at the destination, all whole`, copied > 0 && broken.length === 0)
  report.check('the source is untouched', (await changedSources(s3, SOURCE, before)).length === 0)
  await checkExecution({ awsUrl, report }, view.execution_arn)
  const again = await api.abort(id, { mode })
  report.check(`a second abort is refused (${again.status})`, again.status === 409)
}

const isStoodDown = (step: { state: string; attempt: number; cleaned_up: boolean }): boolean =>
  step.state === 'SUCCEEDED' || (step.state === 'CANCELLED' && (step.attempt === 0 || step.cleaned_up))

const countTypes = (events: { event_type: string }[], ending: string): number =>
  events.filter(({ event_type }) => event_type.endsWith(ending)).length

async function checkExecution(
  { awsUrl, report }: Pick<Scene, 'awsUrl' | 'report'>,
  executionArn: string,
): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const sfn = new SFNClient({ endpoint: awsUrl, region: 'us-east-1', credentials })
  const { status, error, cause = '{}' } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
  const { requested_by, reason } = JSON.parse(cause) as { requested_by?: string; reason?: string }
  const claim = `describe-execution says ${status} ${error}, by ${requested_by}: ${reason}`
  report.check(claim, status === 'ABORTED' && error === 'JobAborted' && reason === 'a demonstration')
}

async function succeed({ api, awsUrl, report }: Scene): Promise<void> {
  const s3 = s3At(awsUrl)
  const prefix = 'whole/'
  report.chapter('a migration that nobody aborts')
  const id = await api.start('object-migration', inputOf(prefix))
  const view = await api.settled(id)
  report.steps(view)
  report.notifications(await api.notified(id))
  report.check('the job is SUCCEEDED', view.state === 'SUCCEEDED')
  const [there, copied] = [await countOf(s3, SOURCE, ''), await countOf(s3, DESTINATION, prefix)]
  const broken = await brokenCopies(s3, { source: SOURCE, destination: DESTINATION, prefix })
  report.check(`${copied} of ${there} objects are copied, all whole`, copied === there && broken.length === 0)
}

const inputOf = (prefix: string, endpoint?: string) => ({
  source: { bucket: SOURCE, ...(endpoint ? { endpoint } : {}) },
  destination: { bucket: DESTINATION, prefix, ...(endpoint ? { endpoint } : {}) },
})

const closing: (() => Promise<unknown>)[] = []

async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

async function demo(report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'standdown-demo-'))
  closing.unshift(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  report.say('starting a private runtime with two buckets of real objects ...')
  const runtime = await npmStart(join(folder, 'data'))
  closing.unshift(runtime.stop)
  const scene = { api: new ApiClient(runtime.apiUrl), awsUrl: runtime.awsUrl, report }
  await abortHalfWay(scene, 'graceful')
  await abortHalfWay(scene, 'force')
  await succeed(scene)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeAll().finally(() => process.exit(130)))
}
const report = new Report()
try {
  await demo(report)
} catch (error) {
  report.check(`the demo came to its end: ${(error as Error).message}`, false)
} finally {
  await closeAll()
}
process.exitCode = report.conclude() ? 0 : 1

import type { AbortMode } from '#core/job/job.ts'
import { startGatedStore } from '../scenarios/gated-store.ts'
import { s3At } from '../scenarios/open-deployment.ts'
import { brokenCopies, changedSources, countOf, openUploads, snapshotOf } from './copies.ts'
import { inWords } from './report.ts'
import { abortAndShow, type Scene, showEnd } from './scene.ts'

const SOURCE = 'photos'
const DESTINATION = 'photos-archive'

/** Objects move from one bucket into another. */
export async function objectMigration(scene: Scene): Promise<void> {
  await abortHalfWay(scene, 'graceful')
  await abortHalfWay(scene, 'force')
  await succeed(scene)
}

async function abortHalfWay(scene: Scene, mode: AbortMode): Promise<void> {
  const { api, awsUrl, report } = scene
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
  // The calls in hand are waited for: a store may act on a write whose connection was cut.
  await abortAndShow(scene, id, { mode, accepted: () => store.trickle() })
  const left = await openUploads(s3, DESTINATION, prefix)
  report.check(`${left.length} multipart uploads are left`, left.length === 0)
  const copied = await countOf(s3, DESTINATION, prefix)
  const broken = await brokenCopies(s3, { source: SOURCE, destination: DESTINATION, prefix })
  report.check(`${copied} objects at the destination, all whole`, copied > 0 && broken.length === 0)
  report.check('the source is untouched', (await changedSources(s3, SOURCE, before)).length === 0)
}

async function succeed(scene: Scene): Promise<void> {
  const { api, awsUrl, report } = scene
  const s3 = s3At(awsUrl)
  const prefix = 'whole/'
  report.chapter('a migration that nobody aborts')
  const view = await showEnd(scene, await api.start('object-migration', inputOf(prefix)))
  report.check('the job is SUCCEEDED', view.state === 'SUCCEEDED')
  const [there, copied] = [await countOf(s3, SOURCE, ''), await countOf(s3, DESTINATION, prefix)]
  const broken = await brokenCopies(s3, { source: SOURCE, destination: DESTINATION, prefix })
  report.check(`${copied} of ${there} objects are copied, all whole`, copied === there && broken.length === 0)
}

const inputOf = (prefix: string, endpoint?: string) => ({
  source: { bucket: SOURCE, ...(endpoint ? { endpoint } : {}) },
  destination: { bucket: DESTINATION, prefix, ...(endpoint ? { endpoint } : {}) },
  // The demonstration's larger objects are small: they go in parts all the same.
  multipart_threshold_mib: 8,
})

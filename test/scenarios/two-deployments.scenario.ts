import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TableJobIndex } from '#aws/table/job-index.ts'
import { TableJobs } from '#aws/table/jobs.ts'
import { run } from '#cli/run.ts'
import type { JobView } from '#core/api/answers.ts'
import type { DeployedInput } from '../jobs/deployments/deployed-step.ts'
import { MARKS_BUCKET } from '../jobs/marks-bucket.ts'
import { statesOf, type Templates } from './api-client.ts'
import { buildDeployment, serveDeployment } from './deployed-runtime.ts'
import { marksOf, release } from './lab.ts'
import { type Deployment, LOCAL } from './open-deployment.ts'
import { until } from './poll.ts'
import { faultsOf } from './recorded-history.ts'

/** Two deployments one after the other on one data folder, with jobs that run while the second one comes. */
export function twoDeployments(): void {
  let folder: string
  let deployment: Deployment
  let jobs: Record<'changed' | 'shortened' | 'removed' | 'aborted' | 'failing' | 'ended', string>

  const start = (template: string, input: Partial<DeployedInput> = {}): Promise<string> =>
    deployment.api.start(template, { marks: MARKS_BUCKET, ...input })
  /** `step: what` of each mark, in the order of time. */
  const marked = async (id: string): Promise<string[]> =>
    (await marksOf(deployment, id)).map(({ step, what }) => `${step}: ${what}`)
  const running = (id: string, step: string): Promise<unknown> =>
    until(`${step} of ${id} to run`, async () =>
      (await marked(id)).some((mark) => mark.startsWith(`${step}: run`)),
    )

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standdown-deployments-'))
    const first = await buildDeployment('first.ts', 1, join(folder, 'first'))
    const second = await buildDeployment('second.ts', 2, join(folder, 'second'))
    deployment = await serveDeployment(first, join(folder, 'data'))
    jobs = {
      changed: await start('job-changed'),
      shortened: await start('job-shortened', { quick: ['kept'] }),
      removed: await start('job-removed'),
      aborted: await start('job-shortened', { quick: ['kept'] }),
      failing: await start('job-shortened', { quick: ['kept'], abort_fails: true }),
      ended: await start('job-removed', { quick: ['removed'] }),
    }
    await deployment.api.settled(jobs.ended)
    await running(jobs.changed, 'changed')
    await running(jobs.shortened, 'dropped')
    await running(jobs.removed, 'removed')
    await running(jobs.aborted, 'dropped')
    await running(jobs.failing, 'dropped')
    const wanted = { mode: 'force', rollback: true, reason: 'before the second deployment' }
    expect((await deployment.api.abort(jobs.aborted, wanted)).status).toBe(202)
    await deployment.close()
    // Nothing of the first assembly is left but what the runtime kept.
    await rm(first, { recursive: true })
    await rm(`${first}-bundles`, { recursive: true })
    deployment = await serveDeployment(second, join(folder, 'data'))
    // Two whole deployments are bundled and synthesized in it.
  }, 300_000)

  afterAll(async () => {
    await deployment?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const settled = async (id: string): Promise<JobView> => {
    const view = await deployment.api.settled(id)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(await faultsOf(deployment, id)).toEqual([])
    return view
  }

  test('a step whose code was changed is cleaned up by the code that claimed it', async () => {
    await settled(jobs.changed)
    expect(await marked(jobs.changed)).toEqual(['changed: run-build-1', 'changed: abort-build-1'])
  })

  test('a step that was removed from its template is cleaned up by the function that stayed', async () => {
    await settled(jobs.shortened)
    expect(await marked(jobs.shortened)).toEqual([
      'kept: run-build-1',
      'dropped: run-build-1',
      'dropped: abort-build-1',
    ])
  })

  test('a job whose template was removed is stood down', async () => {
    const view = await settled(jobs.removed)
    expect(statesOf(view)).toEqual(['removed: CANCELLED'])
    expect(await marked(jobs.removed)).toEqual(['removed: run-build-1', 'removed: abort-build-1'])
  })

  test('an abort that was accepted before undoes with the code of before, as it was asked for', async () => {
    const view = await settled(jobs.aborted)
    expect(view).toMatchObject({ abort_request: { mode: 'force', reason: 'before the second deployment' } })
    expect(await marked(jobs.aborted)).toEqual([
      'kept: run-build-1',
      'dropped: run-build-1',
      'dropped: abort-build-1',
      'kept: revert-build-1',
    ])
  })

  test('a job of a removed template that had ended is shown and listed, and cannot be started again', async () => {
    const { api } = deployment
    expect(await api.view(jobs.ended)).toMatchObject({ state: 'SUCCEEDED', template: 'job-removed' })
    const listed = await api.pages<JobView>('GET /jobs?template=job-removed')
    expect(listed.map(({ job_execution_id }) => job_execution_id)).toContain(jobs.ended)
    expect((await api.abort(jobs.ended)).status).toBe(409)
    const { body } = await api.call<Templates>('GET /templates')
    expect(body.items.map(({ name }) => name)).not.toContain('job-removed')
    await expect(start('job-removed')).rejects.toThrow('job-removed')
  })

  test('a new job runs the new code', async () => {
    const id = await start('job-changed', { quick: ['changed'] })
    expect((await deployment.api.settled(id)).state).toBe('SUCCEEDED')
    expect(await marked(id)).toEqual(['changed: run-build-2'])
  })

  /** What the sweeper does two minutes after a job has ended: until then a late step of it may need its function. */
  async function lookedAt(): Promise<void> {
    const client = new DynamoDBClient({ ...LOCAL, endpoint: deployment.awsUrl })
    const table = { client, tableName: 'standdown-jobs', retentionDays: 1 }
    const ended = await new TableJobIndex(table).ended('9999-12-31T00:00:00.000Z')
    for (const job of ended) await new TableJobs(table).retire(job)
    client.destroy()
  }

  /** What `standdown prune` prints. */
  async function pruned(...args: string[]): Promise<string[]> {
    const printed: string[] = []
    const output = { write: (text: string) => void printed.push(text) }
    const argv = ['node', 'standdown', 'prune', '--endpoint-url', deployment.awsUrl, ...args]
    const code = await run({ argv, env: {}, stdin: {}, stdout: output, stderr: output })
    expect(`${code} ${code === 0 ? '' : printed.join('')}`).toBe('0 ')
    return printed.join('').trimEnd().split('\n')
  }

  test('a prune deletes what nothing needs, and keeps what a failed clean-up may still call', async () => {
    const { api } = deployment
    await Promise.all(Object.values(jobs).map((id) => api.settled(id)))
    expect(await api.view(jobs.failing)).toMatchObject({ state: 'FAILED', left_behind: [expect.any(String)] })
    const KEPT_FOR = `the job ${jobs.failing} (FAILED)`
    expect((await pruned()).filter(isKept)).toContainEqual(
      expect.stringMatching(/standdown-job-removed: the job .* \((SUCCEEDED|CANCELLED)\)$/),
    )
    await lookedAt()
    const listed = await pruned()
    expect(listed.filter(isKept)).toEqual([`keep    function      ${FUNCTION}dropped: ${KEPT_FOR}`])
    expect(listed.filter(isDoomed)).toEqual([
      `delete  version       ${ARN}${FUNCTION}changed:1`,
      expect.stringMatching(/^delete {2}role .*jobremovedMachineRole/),
      'delete  log group     /aws/vendedlogs/states/standdown-job-removed',
      'delete  state machine arn:aws:states:us-east-1:000000000000:stateMachine:standdown-job-removed',
      expect.stringMatching(/^delete {2}role .*StepremovedRole/),
      `delete  log group     /aws/lambda/${FUNCTION}removed`,
      `delete  function      ${FUNCTION}removed`,
    ])
    expect(listed.at(-1)).toContain('nothing was changed')

    await release(deployment, jobs.failing, 'dropped')
    expect((await api.call(`POST /jobs/${jobs.failing}/clean-up`)).status).toBe(202)
    await until('the clean-up', async () => (await api.view(jobs.failing)).left_behind.length === 0)
    await lookedAt()
    const deleted = await pruned('--yes')
    expect(deleted.filter((line) => !line.startsWith('deleted '))).toEqual([])
    expect(deleted).toContain(`deleted version       ${ARN}${FUNCTION}kept:1`)
    expect(deleted).toContain(`deleted function      ${FUNCTION}dropped`)
    expect(await pruned()).toEqual(['there is nothing to delete'])

    const id = await start('job-shortened', { quick: ['kept'] })
    expect((await api.settled(id)).state).toBe('SUCCEEDED')
    expect(await api.view(jobs.ended)).toMatchObject({ state: 'SUCCEEDED' })
  })
}

const FUNCTION = 'standdown-test-jobs-deployments-steps-'
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:'
const isKept = (line: string): boolean => line.startsWith('keep ')
const isDoomed = (line: string): boolean => line.startsWith('delete ')

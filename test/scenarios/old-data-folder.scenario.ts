import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ListedJob } from '#core/api/answers.ts'
import { notification as schema } from '#core/notifications/schemas.ts'
import { stepNamed } from './api-client.ts'
import { keysIn } from './migration-data.ts'
import { npmStart, type Started } from './npm-start.ts'
import { type Deployment, deploymentAt } from './open-deployment.ts'
import { faultsOf } from './recorded-history.ts'

/**
 * The data folder of a runtime of commit f341a1f, whose items do not say their layout, killed with `kill -9` while
 * its Lambda workers were frozen. Left out are its logs; its write-ahead logs are merged; what had ended expires in
 * the year 2126 instead of after 90 days.
 */
const FROZEN = join(import.meta.dirname, 'frozen/layout-1.tar.br')

/** Its jobs, by what they were at: the last four had begun. */
const JOBS = {
  succeeded: 'c3200070-b820-4019-bcaa-3af68f0096ab',
  failed: '65d0833e-40e3-42f4-ad71-02a51bf1d000',
  leftBehind: '399fe010-d017-442f-af38-ce1d280bc3bc',
  cancelled: 'b2076e81-8309-4b40-b02a-bea45d13ccd3',
  /** Started, and no step claimed. */
  pending: '87992317-4df2-4547-b70e-6902ccdba2fe',
  /** In the middle of a multipart copy. */
  running: 'dbc32dec-74fd-499b-a7c6-28266ca9ad18',
  /** The same, with a graceful abort accepted. */
  graceful: '73a9f9a9-db30-4df3-8cc9-af6230b2b950',
  /** Stopped by force; its stand-down waits for the lease of its step. */
  draining: '87257994-c88b-4153-a219-cc1c90e4b9ff',
}

function unpack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'standdown-old-'))
  execFileSync('tar', ['-xf', '-', '-C', folder], { input: brotliDecompressSync(readFileSync(FROZEN)) })
  return join(folder, 'data')
}

/** Today's `npm start` on a data folder of the old layout. */
export function oldDataFolder(): void {
  let folder: string
  let runtime: Started
  let deployment: Deployment

  beforeAll(async () => {
    folder = unpack()
    runtime = await npmStart(folder)
    deployment = await deploymentAt({ ...runtime, close: runtime.stop })
  })
  afterAll(async () => {
    await runtime?.stop()
    await rm(join(folder, '..'), { recursive: true, force: true, maxRetries: 5 })
  })

  test.each(['running', 'graceful', 'draining'] as const)(
    'the job that was %s is stood down, and nothing of its copy is left',
    async (which) => {
      const { api, s3 } = deployment
      const view = await api.settled(JOBS[which])
      expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [], fault: null })
      expect(view.execution_end).toMatchObject({ status: 'ABORTED' })
      expect(stepNamed(view, 'list-objects')).toMatchObject({ state: 'SUCCEEDED' })
      expect(stepNamed(view, 'copy-objects')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
      expect(await keysIn(s3, 'old-destination', `${which}/`)).toEqual(['a/one', 'a/two'])
      expect(await faultsOf(deployment, JOBS[which])).toEqual([])
    },
  )

  test('the job that was running is told as one that its runtime ended', async () => {
    const { abort_request } = await deployment.api.settled(JOBS.running)
    expect(abort_request).toMatchObject({ mode: 'force', requested_at: expect.any(String) })
    expect((await deployment.api.abort(JOBS.running)).status).toBe(409)
  })

  test('aborts that were accepted before are told as they were', async () => {
    for (const [which, mode] of [
      ['graceful', 'graceful'],
      ['draining', 'force'],
    ] as const) {
      const view = await deployment.api.settled(JOBS[which])
      expect(view.abort_request).toMatchObject({ mode, reason: 'before the deploy' })
    }
  })

  test('the job that had claimed nothing ends without a step run', async () => {
    const view = await deployment.api.settled(JOBS.pending)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(new Set(view.steps.map(({ state }) => state))).toEqual(new Set(['CANCELLED']))
    expect(await faultsOf(deployment, JOBS.pending)).toEqual([])
  })

  test.each([
    ['succeeded', { state: 'SUCCEEDED', fault: null, left_behind: [] }],
    ['failed', { state: 'FAILED', left_behind: [] }],
    ['cancelled', { state: 'CANCELLED', left_behind: [], abort_request: { mode: 'graceful' } }],
    ['leftBehind', { state: 'FAILED', left_behind: [expect.stringContaining('left/y/large')] }],
  ] as const)(
    'the job that had ended %s is shown as it was, with its steps and notifications',
    async (which, shown) => {
      const { api } = deployment
      expect(await api.view(JOBS[which])).toMatchObject({ ...shown, template: 'object-migration' })
      const events = await api.events(JOBS[which])
      expect(events.filter((event) => !schema.safeParse(event).success)).toEqual([])
      expect(events.at(0)?.event_type).toBe('job.execution.start')
      expect(events.at(-1)?.event_type).toMatch(/^job\.(execution|cancel)\.(end|error)$/)
      expect((await api.abort(JOBS[which])).status).toBe(409)
    },
  )

  test('lists show the old jobs: all, by state and by template', async () => {
    const { api } = deployment
    const idsOf = async (query: string): Promise<string[]> =>
      (await api.pages<ListedJob>(`GET /jobs${query}`)).map(({ job_execution_id }) => job_execution_id)
    for (const query of ['', '?template=object-migration']) {
      expect(new Set(await idsOf(query))).toEqual(new Set(Object.values(JOBS)))
    }
    expect(await idsOf('?state=SUCCEEDED')).toEqual([JOBS.succeeded])
    expect(new Set(await idsOf('?state=FAILED'))).toEqual(new Set([JOBS.failed, JOBS.leftBehind]))
  })

  test('what a job left behind can be asked for again', async () => {
    const { status } = await deployment.api.call(`POST /jobs/${JOBS.leftBehind}/clean-up`)
    expect(status).toBe(202)
  })
}

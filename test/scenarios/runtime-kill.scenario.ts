import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stepNamed } from './api-client.ts'
import { type CaughtMigration, catchMigration, expectNothingHalfDone } from './caught-migration.ts'
import { isRunning, Marks, scripted } from './fabric-data.ts'
import { npmStart, type Started } from './npm-start.ts'
import { type Deployment, deploymentAt } from './open-deployment.ts'
import { faultsOf } from './recorded-history.ts'

/** A runtime of its own, as \`npm start\` runs it, killed with \`kill -9\` in mid-copy and started again. */
export function runtimeKill(): void {
  let folder: string
  let runtime: Started
  let deployment: Deployment
  let running: CaughtMigration
  let aborted: CaughtMigration
  let marks: Marks
  let fabric: string
  let script: number

  const start = async (args: string[] = []): Promise<void> => {
    runtime = await npmStart(folder, args)
    deployment = await deploymentAt({ ...runtime, close: runtime.stop })
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standdown-kill-'))
    await start(['--run-commands'])
    running = await catchMigration(deployment)
    aborted = await catchMigration(deployment)
    // Its clean-up cannot end before the kill, however late that comes.
    aborted.store.failAborts(Number.POSITIVE_INFINITY)
    const { api } = deployment
    const answer = await api.abort(aborted.id, { mode: 'graceful', reason: 'requested before the kill' })
    expect(answer.status).toBe(202)
    marks = await Marks.open()
    const playbook = scripted({ name: 'one', commands: marks.held('one') })
    fabric = await api.start('fabric', { playbooks: [playbook] })
    script = await marks.pidOf('one-begun')
    await runtime.kill()
    await start()
    aborted.store.failAborts(0)
    for (const { store } of [running, aborted]) store.retarget(runtime.awsUrl)
  })

  afterAll(async () => {
    await runtime?.stop()
    await running?.[Symbol.asyncDispose]()
    await aborted?.[Symbol.asyncDispose]()
    await marks?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const expectStoodDown = async ({ id, data }: CaughtMigration, abort_request: object): Promise<void> => {
    const { api, s3 } = deployment
    const view = await api.settled(id)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [], abort_request })
    expect(view.execution_end).toMatchObject({ status: 'ABORTED' })
    expect(stepNamed(view, 'copy-objects')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    await expectNothingHalfDone(s3, data)
    expect(await faultsOf(deployment, id)).toEqual([])
  }

  test('a job that ran is stood down, and says that the runtime had ended', () =>
    expectStoodDown(running, { mode: 'force', requested_by: 'runtime-ended' }))

  test('a job that was being aborted is stood down as requested', () =>
    expectStoodDown(aborted, { mode: 'graceful', reason: 'requested before the kill' }))

  test('a playbook that ran went with the runtime, and its job is stood down', async () => {
    const view = await deployment.api.settled(fabric)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(stepNamed(view, 'run-playbook')).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect([isRunning(script), marks.has('one-ended')]).toEqual([false, false])
    expect(await faultsOf(deployment, fabric)).toEqual([])
  })

  test('started without --run-commands it refuses playbooks, and the fault names the switch', async () => {
    const { api } = deployment
    const playbooks = [scripted({ name: 'one', commands: [marks.mark('refused')] })]
    const view = await api.settled(await api.start('fabric', { playbooks }))
    const fault = {
      exception: 'PlaybookRefused',
      exception_message: expect.stringContaining('--run-commands'),
    }
    expect(view).toMatchObject({ state: 'FAILED', steps: [{ state: 'FAILED', attempt: 1, fault }] })
    expect(marks.has('refused')).toBe(false)
  })
}

import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RedfishSimulator } from '#test/functions/steps/node-power/redfish-simulator.ts'
import { buildTestJobs, killDeployment, serveDeployment } from './deployed-runtime.ts'
import { Ironic } from './ironic-client.ts'
import { MoveService } from './move-service.ts'
import type { Deployment } from './open-deployment.ts'
import { callsOf, planned } from './plan-functions.scenario.ts'
import { until } from './poll.ts'
import { faultsOf } from './recorded-history.ts'
import { sweepNow } from './sweep-now.ts'
import { inOrder, toldOf } from './told-plans.ts'
import { type ActionView, ENDED, type NewAction, nop, sleep, Watcher } from './watcher-client.ts'

/** Plans and nodes in the middle of what they do when the runtime is killed, which then starts again on its data. */
export function killedDoors(): void {
  let folder: string
  let deployment: Deployment
  let undone: MoveService
  let done: MoveService
  let bmc: RedfishSimulator
  let plans: Record<'chain' | 'functions' | 'operations' | 'job' | 'inner' | 'cancelled', string>
  let nodes: Record<'fake' | 'redfish', string>
  const [first, never, told, untold] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  const watcher = () => new Watcher(deployment)
  const ironic = () => new Ironic(deployment)

  /** All that is to be in hand when the runtime is killed. */
  async function begin(): Promise<void> {
    const door = watcher()
    const inner = await door.create([sleep(600)])
    const child: NewAction = {
      action_type: 'job',
      input_parameters: { template: 'action-plan', input: { plan: inner } },
    }
    const slow = randomUUID()
    plans = {
      inner,
      chain: await door.started([
        nop({ uuid: first }),
        sleep(600, { uuid: slow, parents: [first] }),
        nop({ uuid: never, parents: [slow] }),
      ]),
      functions: await door.started([
        planned({ hold: true }, { timeout: 600, handles: ['abort'] }, { uuid: told }),
        planned({ hold: true }, { timeout: 600 }, { uuid: untold }),
      ]),
      operations: await door.started([undone.action(), done.action()]),
      job: await door.started([child]),
      cancelled: await door.started([undone.action({}, { abort: undone.slowAbort })]),
    }
    await door.untilActions(plans.chain, ['SUCCEEDED', 'ONGOING', 'PENDING'])
    await door.untilActions(inner, ['ONGOING'])
    await until('the calls', async () => {
      const calls = await Promise.all([told, untold].map((uuid) => callsOf(deployment, uuid)))
      return calls.flat().length === 2 && undone.looked.size === 2 && done.isMoving
    })
    await beginPower()
    expect((await door.patch(plans.cancelled, 'CANCELLING')).status).toBe(200)
  }

  async function beginPower(): Promise<void> {
    const door = ironic()
    bmc = await RedfishSimulator.start({ sessions: null, softMs: 10_000 })
    Object.assign(bmc, { knows: () => true })
    nodes = {
      fake: await door.create({ driver_info: { fake_soft_power_off_delay: 3_600 } }),
      redfish: await door.create({ driver: 'redfish', driver_info: { redfish_address: bmc.address } }),
    }
    await door.power(nodes.fake, 'power on')
    await door.idle(nodes.fake)
    await until(
      'the first look at the BMC',
      async () => (await door.states(nodes.redfish)).power_state !== null,
    )
    for (const name of Object.values(nodes)) expect(await door.power(name, 'soft power off')).toBe(202)
    await until('the BMC to be told', async () => bmc.resets.length > 0)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standdown-killed-'))
    const assembly = await buildTestJobs(join(folder, 'assembly'))
    deployment = await serveDeployment(assembly, join(folder, 'data'))
    undone = await MoveService.open()
    done = await MoveService.open()
    done.afterAbort = 'completed'
    await begin()
    await killDeployment(deployment)
    deployment = await serveDeployment(assembly, join(folder, 'data'))
  }, 300_000)

  afterAll(async () => {
    await deployment?.close()
    for (const service of [undone, done, bmc]) await service?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  /** The plan's end, and its actions; the history of its job keeps the invariants. */
  async function ended(plan: string): Promise<{ state: string; actions: ActionView[] }> {
    const state = await watcher().until(plan, ENDED)
    const { job_execution_id: job } = await watcher().show(plan)
    expect(await faultsOf(deployment, job!)).toEqual([])
    return { state, actions: await watcher().actions(plan) }
  }
  const statesIn = (actions: ActionView[]): string[] => actions.map(({ state }) => state)

  test('what had succeeded stays, what ran is cancelled, what never began too, and each is told once', async () => {
    const { state, actions } = await ended(plans.chain)
    expect([state, ...statesIn(actions)]).toEqual(['CANCELLED', 'SUCCEEDED', 'CANCELLED', 'CANCELLED'])
    const { job_execution_id: job } = await watcher().show(plans.chain)
    expect(await deployment.api.view(job!)).toMatchObject({
      abort_request: { mode: 'force', requested_by: 'runtime-ended' },
      left_behind: [],
    })
    const lines = inOrder(await toldOf(deployment, plans.chain), [first, never])
    expect(
      lines.filter((line) => /\.(end|error)/.test(line) && !line.startsWith('action.cancel.end ')),
    ).toEqual([
      'action.execution.end[0] SUCCEEDED',
      'action.cancel.end[1] CANCELLED',
      'action_plan.cancel.end CANCELLED',
    ])
  })

  test('a function that handles its abort is told; of one that does not nobody knows what became', async () => {
    const { state, actions } = await ended(plans.functions)
    expect([state, ...statesIn(actions)]).toEqual(['FAILED', 'CANCELLED', 'FAILED'])
    expect(await callsOf(deployment, told)).toEqual(['abort-1', 'run-1'])
    expect(await callsOf(deployment, untold)).toEqual(['run-1'])
    expect(actions[1]!.fault?.exception_message).toContain('it handles no abort')
  })

  test('operations that outlive the runtime are aborted, and their real ends decide', async () => {
    const { state, actions } = await ended(plans.operations)
    expect([state, ...statesIn(actions)]).toEqual(['FAILED', 'CANCELLED', 'FAILED'])
    expect(actions[1]!.fault?.exception_message).toContain('it was done before it could be aborted')
    expect(done.asked).toEqual(['POST /moves', 'DELETE /moves/0'])
  })

  test('the job that an action had started is stood down, and so is its plan', async () => {
    const [outer, inner] = [await ended(plans.job), await ended(plans.inner)]
    expect([outer.state, ...statesIn(outer.actions)]).toEqual(['CANCELLED', 'CANCELLED'])
    expect([inner.state, ...statesIn(inner.actions)]).toEqual(['CANCELLED', 'CANCELLED'])
  })

  test('a plan that was being cancelled is cancelled as it was asked for', async () => {
    const { state, actions } = await ended(plans.cancelled)
    expect([state, ...statesIn(actions)]).toEqual(['CANCELLED', 'CANCELLED'])
    const { job_execution_id: job } = await watcher().show(plans.cancelled)
    expect((await deployment.api.view(job!)).abort_request?.mode).toBe('graceful')
  })

  test.each([
    ['fake', 'power on'],
    ['redfish', 'power off'],
  ] as const)(
    'a soft power off of a %s node ends within two sweeps, and then its power is what the machine says',
    async (driver, says) => {
      await sweepNow(deployment)
      await sweepNow(deployment)
      expect(await ironic().idle(nodes[driver])).toMatchObject({
        last_error: expect.stringMatching(/^soft power off aborted by /),
      })
      const power = await until('the power of the machine', async () => {
        const FunctionName = 'standdown-doors-ironic-sync-power'
        await deployment.lambda.send(new InvokeCommand({ FunctionName })).catch(() => undefined)
        const { power_state } = await ironic().states(nodes[driver])
        return power_state === 'error' ? null : power_state
      })
      expect(power).toBe(says)
      expect(await ironic().power(nodes[driver], 'rebooting')).toBe(202)
      expect(await ironic().idle(nodes[driver])).toMatchObject({ power_state: 'power on', last_error: null })
      if (driver === 'redfish') expect(bmc.resets).toEqual(['GracefulShutdown', 'ForceRestart'])
    },
  )
}

import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Deployment } from './open-deployment.ts'
import { faultOf } from './openstack-clients.ts'
import { until } from './poll.ts'
import { ENDED, type NewAction, nop, sleep, Watcher } from './watcher-client.ts'

const job = (template: string, input: object, more: object = {}): NewAction => ({
  action_type: 'job',
  input_parameters: { template, input },
  ...more,
})

/** Actions that start jobs of other templates. */
export function planJobs(deployment: () => Deployment): void {
  const watcher = () => new Watcher(deployment())

  /** The job that an action of the plan's job has started. */
  const childOf = async (parent: string, template: string): Promise<string> => {
    const { api } = deployment()
    type Page = { items: { job_execution_id: string; created_by: string }[] }
    const id = await until(`a job of ${parent}`, async () => {
      const { body } = await api.call<Page>(`GET /jobs?template=${template}&limit=100`)
      return body.items.find(({ created_by }) => created_by === `job:${parent}`)?.job_execution_id ?? null
    })
    api.remember(id)
    return id
  }

  test('a plan aborts the job that it started, and the job says why', async () => {
    const door = watcher()
    const { api } = deployment()
    const inner = await door.create([sleep(600)])
    const plan = await door.started([job('action-plan', { plan: inner }), nop()])
    const { job_execution_id: parent } = await door.show(plan)
    const child = await childOf(parent!, 'action-plan')
    await door.untilActions(inner, ['ONGOING'])
    await door.untilActions(plan, ['ONGOING', 'SUCCEEDED'])
    await door.patch(plan, 'CANCELLING')
    expect(await door.until(plan, ENDED)).toBe('CANCELLED')
    expect(await door.states(plan)).toEqual(['CANCELLED', 'SUCCEEDED'])
    const reason = 'the action plan was cancelled'
    expect(await api.view(child)).toMatchObject({
      state: 'CANCELLED',
      abort_request: { mode: 'graceful', reason },
    })
  })

  test('plans that start each other nest three deep, and the fourth is refused by the chain', async () => {
    const door = watcher()
    let plan = await door.create([nop()])
    for (let deep = 0; deep < 4; deep += 1) plan = await door.create([job('action-plan', { plan })])
    await door.start(plan)
    expect(await door.until(plan, ENDED)).toBe('FAILED')
    const { job_execution_id: parent } = await door.show(plan)
    const { fault } = (await door.actions(plan))[0]!
    expect(fault?.exception_message).toContain('FAILED')
    const first = await childOf(parent!, 'action-plan')
    expect((await deployment().api.view(first)).state).toBe('FAILED')
  })

  test.each<[string, NewAction, string]>([
    ['of no template', job('dance', {}), 'template'],
    ['that names no plan', job('action-plan', { plan: 7 }), 'input'],
  ])('a job %s is refused with a pointer', async (_, action, path) => {
    const refused = await watcher().call('POST /action_plans', {
      actions: [{ uuid: randomUUID(), ...action }],
    })
    const pointer = `/actions/0/input_parameters/${path}`
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(pointer)])
  })
}

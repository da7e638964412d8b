import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Answer } from './api-client.ts'
import { type Deployment, isFar } from './open-deployment.ts'
import { faultOf, isInstalled } from './openstack-clients.ts'
import { type ActionView, BASE, ENDED, nop, type PlanPage, sleep, Watcher } from './watcher-client.ts'

/** Watcher's users: plans, their actions, and the cancel of what runs them. */
export function actionPlans(deployment: () => Deployment): void {
  const watcher = () => new Watcher(deployment())

  test('a plan runs its actions, each after its parents, and independent chains do not wait', async () => {
    const door = watcher()
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
    const uuid = await door.started([
      nop({ uuid: a }),
      sleep(25, { uuid: b }),
      nop({ uuid: c, parents: [a] }),
      nop({ parents: [b, c] }),
    ])
    await door.untilActions(uuid, ['SUCCEEDED', 'ONGOING', 'SUCCEEDED', 'PENDING'])
    expect(await door.until(uuid, ENDED)).toBe('SUCCEEDED')
    expect(await door.states(uuid)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])
  })

  test('no more than max_parallel actions run at once', async () => {
    const door = watcher()
    const uuid = await door.started([sleep(600), sleep(600), sleep(600)], { max_parallel: 2 })
    await door.untilActions(uuid, ['ONGOING', 'ONGOING', 'PENDING'])
    await door.patch(uuid, 'CANCELLING')
    expect(await door.until(uuid, ENDED)).toBe('CANCELLED')
    expect(await door.states(uuid)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED'])
  })

  test('a cancel ends what runs, begins nothing more, and leaves what succeeded; a second one changes nothing', async () => {
    const door = watcher()
    const [a, b] = [randomUUID(), randomUUID()]
    const uuid = await door.started([
      nop({ uuid: a }),
      sleep(600, { uuid: b, parents: [a] }),
      nop({ parents: [b] }),
    ])
    await door.untilActions(uuid, ['SUCCEEDED', 'ONGOING', 'PENDING'])
    const first = await door.patch(uuid, 'CANCELLING')
    expect([first.status, first.body.state]).toEqual([200, 'CANCELLING'])
    const second = await door.patch(uuid, 'CANCELLED')
    expect(second.status).toBe(200)
    expect(['CANCELLING', 'CANCELLED']).toContain(second.body.state)
    expect(await door.until(uuid, ENDED)).toBe('CANCELLED')
    expect(await door.states(uuid)).toEqual(['SUCCEEDED', 'CANCELLED', 'CANCELLED'])
    const { job_execution_id: job } = await door.show(uuid)
    const told = (await deployment().api.notified(job!)).map(({ event_type }) => event_type)
    expect(told.filter((type) => type.startsWith('job.cancel.'))).toEqual([
      'job.cancel.start',
      'job.cancel.end',
    ])
  })

  test('a cancel of a plan that only was recommended cancels it and all of its actions', async () => {
    const door = watcher()
    const uuid = await door.create([nop(), nop()])
    expect((await door.patch(uuid, 'CANCELLING')).status).toBe(400)
    const { status, body } = await door.patch(uuid, 'CANCELLED')
    expect([status, body.state]).toEqual([200, 'CANCELLED'])
    expect(await door.states(uuid)).toEqual(['CANCELLED', 'CANCELLED'])
    expect(faultOf(await door.start(uuid))).toBe("Couldn't start when state is 'CANCELLED'.")
  })

  test('a cancel right after the start is taken, whether or not anything ran by then', async () => {
    const door = watcher()
    const uuid = await door.started([sleep(600)])
    expect((await door.patch(uuid, 'CANCELLED')).status).toBe(200)
    expect(await door.until(uuid, ENDED)).toBe('CANCELLED')
    expect(await door.states(uuid)).toEqual(['CANCELLED'])
  })

  test('a plan is started by PENDING, and only once', async () => {
    const door = watcher()
    const uuid = await door.create([sleep(600)])
    const { status, body } = await door.patch(uuid, 'PENDING')
    deployment().api.remember(body.job_execution_id!)
    expect(status).toBe(200)
    await door.until(uuid, ['ONGOING'])
    const again = await door.patch(uuid, 'PENDING')
    expect([again.status, faultOf(again)]).toEqual([
      400,
      'State transition not allowed: (ONGOING -> PENDING)',
    ])
    expect(faultOf(await door.start(uuid))).toBe("Couldn't start when state is 'ONGOING'.")
    expect(faultOf(await door.call(`DELETE /action_plans/${uuid}`))).toBe(
      "Couldn't delete when state is 'ONGOING'.",
    )
    await door.patch(uuid, 'CANCELLING')
    await door.until(uuid, ['CANCELLED'])
    const late = await door.patch(uuid, 'CANCELLED')
    expect([late.status, faultOf(late)]).toEqual([
      400,
      'State transition not allowed: (CANCELLED -> CANCELLED)',
    ])
    expect((await door.call(`DELETE /action_plans/${uuid}`)).status).toBe(204)
    for (const route of [`GET /action_plans/${uuid}`, `DELETE /action_plans/${uuid}`]) {
      expect((await door.call(route)).status).toBe(404)
    }
    expect(await door.actions(uuid)).toEqual([])
  })

  test('a list is paged to its end, by `next` as it is given and with the prefix doubled', async () => {
    const door = watcher()
    const audit = randomUUID()
    const mine: string[] = []
    for (let i = 0; i < 7; i += 1) mine.push(await door.create([nop()], { audit_uuid: audit }))
    for (const prefix of ['', '/infra-optim']) {
      const pages: string[][] = []
      let path: string | undefined = `${BASE}/action_plans?limit=2&audit_uuid=${audit}`
      while (path) {
        const { body }: Answer<PlanPage> = await deployment().api.call<PlanPage>(`GET ${path}`)
        pages.push(body.action_plans.map(({ uuid }) => uuid))
        path = body.next && prefix + new URL(body.next).pathname + new URL(body.next).search
      }
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 1])
      expect(pages.flat()).toEqual(mine)
    }
    const exact = await door.call<PlanPage>(`GET /action_plans?limit=7&audit_uuid=${audit}`)
    expect(exact.body.action_plans).toHaveLength(7)
    if (exact.body.next) {
      const { pathname, search } = new URL(exact.body.next)
      const behind = await deployment().api.call<PlanPage>(`GET ${pathname}${search}`)
      expect([behind.status, behind.body]).toEqual([200, { action_plans: [] }])
    }
    const many = await door.call<PlanPage>(`GET /action_plans?limit=100000&audit_uuid=${audit}`)
    expect([many.status, many.body.action_plans.length]).toEqual([200, 7])
    const [first = ''] = mine
    await door.call(`DELETE /action_plans/${first}`)
    const gone = await door.call(`GET /action_plans?marker=${first}`)
    expect([gone.status, faultOf(gone)]).toEqual([404, expect.stringContaining(first)])
  })

  test.each(['limit=0', 'limit=-1', 'sort_dir=up', 'sort_key=colour', 'marker=abc', 'audit_uuid=abc'])(
    'a list with %s is refused in the envelope, with the headers of the versions',
    async (query) => {
      const refused = await watcher().call(`GET /action_plans?${query}`)
      expect(refused.status).toBe(400)
      expect(faultOf(refused)).toContain(query.split('=')[0])
      expect(refused.headers.get('openstack-api-maximum-version')).toBe('1.4')
    },
  )

  test.each([
    ['infra-optim 1.99', 406, '1.0'],
    ['compute 2.1', 200, '1.0'],
    ['infra-optim latest', 200, '1.4'],
  ])('the version %s is answered %i', async (version, status, served) => {
    const answer = await watcher().call('GET /action_plans', undefined, { 'openstack-api-version': version })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('openstack-api-version')).toBe(`infra-optim ${served}`)
  })

  test.each<[string, object, string]>([
    ['a cycle', cycle(), '/actions/0/parents'],
    ['an unknown parent', { actions: [nop({ parents: [randomUUID()] })] }, '/actions/0/parents/0'],
    ['an unknown type', { actions: [{ action_type: 'dance' }] }, '/actions/0/action_type'],
    [
      'an unknown parameter',
      { actions: [sleep(1), nop({ input_parameters: { x: 1 } })] },
      '/actions/1/input_parameters',
    ],
    ['a missing parameter', { actions: [{ action_type: 'sleep' }] }, '/actions/0/input_parameters/duration'],
    ['no action', { actions: [] }, '/actions'],
    ['an efficacy that is no list', { actions: [nop()], global_efficacy: {} }, '/global_efficacy'],
    ['an efficacy that is null', { actions: [nop()], global_efficacy: null }, '/global_efficacy'],
  ])('a plan with %s is refused with a pointer', async (_, body, pointer) => {
    const refused = await watcher().call('POST /action_plans', body)
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(pointer)])
  })

  test.each<[unknown, string]>([
    [[{ op: 'replace', path: '/state', value: 'CANCELED' }], 'CANCELED'],
    [[{ op: 'replace', path: '/uuid', value: 'CANCELLED' }], 'only /state'],
    [[{ op: 'remove', path: '/state' }], 'remove'],
    [[{ op: 'replace', path: '/state' }], 'value'],
    [[], 'one operation'],
    [{ op: 'replace', path: '/state', value: 'CANCELLED' }, 'array'],
  ])('the patch %j is refused, and nothing is written', async (patch, why) => {
    const door = watcher()
    const uuid = await door.create([nop()])
    const refused = await door.call(`PATCH /action_plans/${uuid}`, patch)
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(why)])
    expect((await door.show(uuid)).state).toBe('RECOMMENDED')
  })

  test('the parameters of an action come back as they were given', async () => {
    const door = watcher()
    const input_parameters = { message: `a "quote"\n${'x'.repeat(10_240)}` }
    const uuid = randomUUID()
    const plan = await door.create([nop({ uuid, input_parameters, parents: [] })])
    const [listed] = await door.actions(plan)
    const { body: shown } = await door.call<ActionView>(`GET /actions/${uuid}`)
    for (const action of [listed, shown])
      expect(action).toMatchObject({ uuid, input_parameters, parents: [] })
    expect((await door.call(`GET /actions/${randomUUID()}`)).status).toBe(404)
    const again = await door.call('POST /action_plans', { actions: [nop(), nop({ uuid })] })
    expect([again.status, faultOf(again)]).toEqual([409, expect.stringContaining(uuid)])
    const post = await door.call('POST /actions', {})
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET'])
  })

  test('a job of the template that no plan is started by runs nothing', async () => {
    const door = watcher()
    const plan = await door.create([nop()])
    const input = { project: 'default', plan, max_parallel: 1 }
    const view = await deployment().api.settled(await deployment().api.start('action-plan', input))
    expect([view.state, view.fault?.exception]).toEqual(['FAILED', 'PlanNotStarted'])
    expect(view.steps.filter(({ attempt }) => attempt > 0)).toEqual([])
    expect((await door.show(plan)).state).toBe('RECOMMENDED')
  })

  const client = isInstalled('watcher')
  const far = isFar() ? ' (left out: it has no token for another machine)' : ''
  const without = client ? far : ' (left out: it is not installed)'
  test.skipIf(without !== '')(`python-watcherclient works as it is${without}`, async () => {
    const door = watcher()
    const run = async (...args: string[]): Promise<string> => {
      const endpoint = ['--os-auth-token', 't', '--os-endpoint-override']
      const url = `${deployment().api.url}/infra-optim`
      return (await promisify(execFile)('watcher', [...endpoint, url, ...args])).stdout.trim()
    }
    const uuid = await door.create([sleep(600), nop()], { global_efficacy: [{ name: 'saved', value: 3 }] })
    expect(await run('actionplan', 'list')).toContain(uuid)
    expect(await run('actionplan', 'list', '--detail')).toContain(uuid)
    expect(await run('actionplan', 'show', uuid)).toContain('RECOMMENDED')
    await run('actionplan', 'start', uuid)
    deployment().api.remember((await door.show(uuid)).job_execution_id!)
    await door.untilActions(uuid, ['ONGOING', 'SUCCEEDED'])
    expect(await run('action', 'list', '--action-plan', uuid)).toContain('ONGOING')
    expect(await run('action', 'list', '--detail', '--action-plan', uuid)).toContain('SUCCEEDED')
    const [slow] = await door.actions(uuid)
    expect(await run('action', 'show', slow!.uuid)).toContain('sleep')
    const cancels = await Promise.allSettled([1, 2].map(() => run('actionplan', 'cancel', uuid)))
    const refused = cancels.flatMap((cancel) => (cancel.status === 'rejected' ? [String(cancel.reason)] : []))
    // The sleep ends at once: the slower of the two may find the plan over.
    expect(refused.length).toBeLessThan(2)
    for (const why of refused) expect(why).toContain('(CANCELLED -> CANCEL')
    expect(await door.until(uuid, ENDED)).toBe('CANCELLED')
    await run('actionplan', 'delete', uuid)
    await expect(run('actionplan', 'show', uuid)).rejects.toThrow('could not be found')
  })
}

function cycle(): object {
  const [a, b] = [randomUUID(), randomUUID()]
  return { actions: [nop({ uuid: a, parents: [b] }), nop({ uuid: b, parents: [a] })] }
}

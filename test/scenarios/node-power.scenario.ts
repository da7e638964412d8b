import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import {
  RedfishSimulator,
  type SimulatorOptions,
} from '#test/functions/steps/node-power/redfish-simulator.ts'
import type { Answer } from './api-client.ts'
import { BASE, Ironic, type NodePage, type NodeView, named } from './ironic-client.ts'
import { type Deployment, ifFar, isFar } from './open-deployment.ts'
import { faultOf, isInstalled } from './openstack-clients.ts'
import { until } from './poll.ts'

const SLOW = {
  driver_info: { fake_soft_power_off_delay: 300, fake_soft_reboot_delay: 300, fake_inject_nmi_delay: 300 },
}

/** Ironic's users: nodes, their power, and the abort of what changes it. */
export function nodePower(deployment: () => Deployment): void {
  const ironic = () => new Ironic(deployment())

  test.each([
    ['power on', 'power on'],
    ['power off', 'power off'],
    ['rebooting', 'power on'],
    ['soft power off', 'power off'],
    ['soft rebooting', 'power on'],
  ])('%s ends %s', async (target, power_state) => {
    const door = ironic()
    const name = await door.create()
    expect(await door.power(name, target)).toBe(202)
    expect(await door.idle(name)).toMatchObject({ power_state, target_power_state: null, last_error: null })
  })

  test.each([
    ['soft power off', 'abort soft power off'],
    ['soft rebooting', 'abort soft rebooting'],
    ['inject nmi', 'abort inject nmi'],
  ])('%s is ended by %s: the power is not known then, and who asked is told', async (target, abort) => {
    const door = ironic()
    const name = await door.create(SLOW)
    await door.power(name, 'power on')
    await door.idle(name)
    expect(await door.power(name, target)).toBe(202)
    expect(await door.states(name)).toMatchObject({ target_power_state: target, last_error: null })
    expect(await door.power(name, abort)).toBe(202)
    expect(await door.idle(name)).toMatchObject({
      power_state: 'error',
      last_error: expect.stringMatching(`^${target} aborted by openstack:user/`),
    })
  })

  test.each(['abort soft power off', 'abort soft rebooting', 'abort inject nmi'])(
    '%s of what does not run changes nothing, and is answered like any other',
    async (abort) => {
      const door = ironic()
      const name = await door.create(SLOW)
      await door.power(name, 'power on')
      const before = await door.idle(name)
      const answer = await door.call(`PUT /nodes/${name}/states/power`, { target: abort })
      expect([answer.status, answer.body, answer.headers.get('content-type')]).toEqual([202, undefined, null])
      expect(await door.states(name)).toEqual(before)
    },
  )

  test('a second operation is refused while one runs, and an abort never is', async () => {
    const door = ironic()
    const name = await door.create(SLOW)
    await door.power(name, 'power on')
    await door.idle(name)
    await door.power(name, 'soft power off')
    const refused = await door.call(`PUT /nodes/${name}/states/power`, { target: 'power on' })
    expect([refused.status, faultOf(refused)]).toEqual([
      409,
      expect.stringContaining('locked by soft power off'),
    ])
    expect((await door.call(`DELETE /nodes/${name}`)).status).toBe(409)
    expect((await door.states(name)).target_power_state).toBe('soft power off')
    const aborts = await Promise.all([1, 2, 3].map(() => door.power(name, 'abort soft power off')))
    expect(aborts).toEqual([202, 202, 202])
    expect(await door.idle(name)).toMatchObject({ power_state: 'error' })
    await door.power(name, 'power off')
    expect(await door.idle(name)).toMatchObject({ power_state: 'power off', last_error: null })
  })

  test.each<[object, string]>([
    [{ target: 'soft power off', timeout: 0 }, 'timeout has to be positive integer'],
    [{ target: 'soft power off', timeout: -1 }, 'timeout has to be positive integer'],
    [{ target: 'soft power off', timeout: 'x' }, '/timeout'],
    [{ target: 'soft power off', timeout: 1.5 }, 'timeout has to be positive integer'],
    [{ target: 'fly' }, 'does not support the power state, fly. Supported: power on, power off'],
    [{}, '/target'],
    [{ target: 'power on', colour: 'red' }, '/colour'],
  ])('%j is refused, and nothing starts', async (body, why) => {
    const door = ironic()
    const name = await door.create()
    const refused = await door.call(`PUT /nodes/${name}/states/power`, body)
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(why)])
    expect(await door.states(name)).toMatchObject({ target_power_state: null, last_error: null })
  })

  test('an NMI is injected by a request with an empty object, with no body, and by version 1.9', async () => {
    const door = ironic()
    const name = await door.create()
    for (const [body, headers] of [
      [{}, {}],
      [undefined, {}],
      [{}, { 'x-openstack-ironic-api-version': '1.9' }],
    ] as const) {
      expect((await door.call(`PUT /nodes/${name}/management/inject_nmi`, body, headers)).status).toBe(204)
      await door.idle(name)
    }
  })

  test('nodes are created, found by name and uuid, listed, changed and deleted', async () => {
    const door = ironic()
    const name = await door.create({ properties: { cpus: 4 } })
    const { body: node } = await door.call<NodeView>(`GET /nodes/${name}`)
    expect((await door.call<NodeView>(`GET /nodes/${node.uuid}`)).body).toMatchObject({ uuid: node.uuid })
    expect((await door.call('POST /nodes', { name, driver: 'fake-hardware' })).status).toBe(409)
    const other = named()
    const patch = [
      { op: 'add', path: '/name', value: other },
      { op: 'add', path: '/properties/memory', value: 8 },
      { op: 'remove', path: '/properties/cpus' },
    ]
    const changed = await door.call<object>(`PATCH /nodes/${name}`, patch)
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ properties: { memory: 8 } }),
    ])
    expect((await door.call(`GET /nodes/${name}`)).status).toBe(404)
    const fields = await door.call<object>(`GET /nodes/${other}?fields=name,power_state`)
    expect(Object.keys(fields.body).sort()).toEqual(['links', 'name', 'power_state'])
    expect((await door.call(`DELETE /nodes/${other}`)).status).toBe(204)
    expect((await door.call(`GET /nodes/${node.uuid}`)).status).toBe(404)
  })

  test('a list is paged to its end, by `next` as it is given', async () => {
    const door = ironic()
    const mine = new Set(await Promise.all([1, 2, 3, 4, 5].map(() => door.create())))
    const seen: string[] = []
    let path: string | undefined = `${BASE}/nodes?limit=2&sort_key=name`
    while (path) {
      const { body }: Answer<NodePage> = await deployment().api.call<NodePage>(`GET ${path}`)
      seen.push(...body.nodes.map((node) => node.name))
      path = body.next && new URL(body.next).pathname + new URL(body.next).search
    }
    expect(seen.filter((name) => mine.has(name)).sort()).toEqual([...mine].sort())
    expect(new Set(seen).size).toBe(seen.length)
  })

  test.each(['limit=0', 'limit=-1', 'sort_dir=up', 'sort_key=colour', 'marker=abc', 'fields=colour'])(
    'a list with %s is refused in the envelope, with the headers of the versions',
    async (query) => {
      const refused = await ironic().call(`GET /nodes?${query}`)
      expect(refused.status).toBe(400)
      expect(faultOf(refused)).toContain(query.split('=')[0])
      expect(refused.headers.get('x-openstack-ironic-api-maximum-version')).toBe('1.78')
    },
  )

  test('a password in driver_info is refused, as text or number, and is in no answer', async () => {
    for (const redfish_password of ['s3cret-word', 5_310_227]) {
      const node = {
        name: named(),
        driver: 'redfish',
        driver_info: { redfish_address: 'bmc', redfish_password },
      }
      const refused = await ironic().call('POST /nodes', node)
      expect([refused.status, faultOf(refused)]).toEqual([
        400,
        expect.stringContaining('redfish_credentials_secret'),
      ])
      expect(JSON.stringify(refused.body)).not.toContain(String(redfish_password))
    }
  })

  const far = ifFar()
  const withBmc = async (
    options: SimulatorOptions,
    work: (bmc: RedfishSimulator, name: string) => Promise<void>,
  ) => {
    await using bmc = await RedfishSimulator.start({ sessions: null, ...options })
    bmc.instead = ({ headers }) => (headers.authorization ? { status: 400 } : undefined)
    // Without a login: what is asked here is what comes through the door.
    Object.assign(bmc, { knows: () => true })
    await work(
      bmc,
      await ironic().create({ driver: 'redfish', driver_info: { redfish_address: bmc.address } }),
    )
  }

  test.skipIf(isFar())(`what a BMC does not allow is refused at once, and it is not asked${far}`, () =>
    withBmc(
      { allowed: { values: ['On', 'ForceOff', 'GracefulShutdown', 'Nmi'], where: 'inline' } },
      async (bmc, name) => {
        await until(
          'the first look at the BMC',
          async () => (await ironic().states(name)).power_state !== null,
        )
        const refused = await ironic().call(`PUT /nodes/${name}/states/power`, { target: 'soft rebooting' })
        expect([refused.status, faultOf(refused)]).toEqual([
          400,
          expect.stringContaining('Supported: power on'),
        ])
        expect((await ironic().states(name)).supported_power_states).not.toContain('abort soft rebooting')
        expect(bmc.resets).toEqual([])
      },
    ),
  )

  test.skipIf(isFar())(
    `an aborted soft power off sends nothing more, and the BMC then says what it came to${far}`,
    () =>
      withBmc({ softMs: 6_000 }, async (bmc, name) => {
        const door = ironic()
        await until('the first look at the BMC', async () => (await door.states(name)).power_state !== null)
        await door.power(name, 'soft power off')
        await until('the BMC to be told', async () => bmc.resets.length > 0)
        await door.power(name, 'abort soft power off')
        expect(await door.idle(name)).toMatchObject({
          power_state: 'error',
          last_error: expect.stringContaining('aborted by'),
        })
        expect(bmc.resets).toEqual(['GracefulShutdown'])
      }),
  )

  const client = isInstalled('baremetal')
  const without = client
    ? far && ' (left out: it has no token for another machine)'
    : ' (left out: it is not installed)'
  test.skipIf(without !== '')(`python-ironicclient works as it is${without}`, async () => {
    const run = (...args: string[]) => baremetal(deployment(), ['--max-retries', '0', ...args])
    const name = named()
    await run('node', 'create', '--driver', 'fake-hardware', '--name', name, '--property', 'cpus=4')
    expect(await run('node', 'list', '-f', 'value', '-c', 'Name')).toContain(name)
    const verbs = [
      ['power', 'on'],
      ['power', 'off', '--soft'],
      ['reboot'],
      ['reboot', '--soft'],
      ['power', 'off'],
      ['inject', 'nmi'],
    ]
    for (const verb of verbs) {
      await run('node', ...verb, name)
      await ironic().idle(name)
    }
    const shown = await run('node', 'show', name, '--fields', 'power_state', 'last_error', '-f', 'json')
    expect(JSON.parse(shown)).toEqual({ power_state: 'power off', last_error: null })
    await run('node', 'set', name, '--property', 'memory=8')
    await run('node', 'unset', name, '--property', 'cpus')
    await run('node', 'validate', name)
    expect(await run('driver', 'list', '-f', 'value', '-c', 'Supported driver(s)')).toContain('redfish')
    await run('node', 'delete', name)
    await expect(run('node', 'show', name)).rejects.toThrow('could not be found')
  })

  test.skipIf(without !== '')(
    `what python-ironicclient repeats by itself is refused each time, and taken once the operation has ended${without}`,
    async () => {
      const door = ironic()
      const name = await door.create(SLOW)
      await door.power(name, 'power on')
      await door.idle(name)
      await door.power(name, 'soft power off')
      const before = await door.states(name)
      const on = () => baremetal(deployment(), ['node', 'power', 'on', name])
      await expect(on()).rejects.toThrow(/locked by soft power off .*Attempt 6 of 6/)
      expect(await door.states(name)).toEqual(before)
      const taken = on()
      await door.power(name, 'abort soft power off')
      await taken
      expect(await door.idle(name)).toMatchObject({ power_state: 'power on', last_error: null })
    },
  )
}

/** What the client prints. @throws Error with what it says against it */
async function baremetal({ api }: Deployment, args: string[]): Promise<string> {
  const endpoint = ['--os-auth-type', 'none', '--os-endpoint', `${api.url}/baremetal`]
  return (await promisify(execFile)('baremetal', [...endpoint, ...args])).stdout.trim()
}

import { describe, expect, test } from 'vitest'
import { NotReached, type PowerDriver } from '#functions/steps/node-power/power/driver.ts'
import { openDriver } from '#functions/steps/node-power/power/open-driver.ts'
import { operate } from '#functions/steps/node-power/power/operate.ts'
import type { PowerTarget } from '#functions/steps/node-power/targets.ts'
import { bmc, run, simulate } from './power-runs.ts'
import { refusal } from './redfish-simulator.ts'

describe('an operation', () => {
  test.each<[PowerTarget, string, string, unknown[]]>([
    ['power on', 'Off', 'power on', ['On']],
    ['power off', 'On', 'power off', ['ForceOff']],
    ['rebooting', 'On', 'power on', ['ForceRestart']],
    ['soft power off', 'On', 'power off', ['GracefulShutdown']],
    ['soft rebooting', 'On', 'power on', ['GracefulRestart']],
    ['inject nmi', 'On', 'power on', ['Nmi']],
    ['soft power off', 'Off', 'power off', []],
    ['power off', 'Off', 'power off', []],
    ['power on', 'On', 'power on', []],
  ])('%s of a machine that is %s ends %s, and its BMC was told %j', async (target, power, end, resets) => {
    await simulate({ power })
    expect((await run(target)).result).toMatchObject({ power_state: end })
    expect(bmc.resets).toEqual(resets)
  })

  test('is not over while the machine is on its way', async () => {
    await simulate({ softMs: 5_000 })
    const { result, seconds } = await run('soft power off')
    expect(result).toMatchObject({ power_state: 'power off' })
    expect(seconds).toBeGreaterThanOrEqual(5)
  })

  test.each<[PowerTarget, number | undefined, number]>([
    ['soft power off', undefined, 600],
    ['soft power off', 30, 30],
    ['power off', 5, 5],
  ])(
    '%s with the timeout %s fails after %i s, and says what the BMC said',
    async (target, timeout, after) => {
      await simulate({ softMs: 10_000_000 })
      bmc.instead = ({ path }) => (path.endsWith('.Reset') ? { status: 204 } : undefined)
      const { result, seconds } = await run(target, timeout === undefined ? {} : { timeout })
      expect(String(result)).toMatch(/^PowerFailed: timed out: the BMC still says On, not power off$/)
      expect(seconds).toBeGreaterThanOrEqual(after)
      expect(seconds).toBeLessThan(after + 20)
    },
  )

  test('that resumes does not tell the BMC again', async () => {
    await simulate({ softMs: 60_000 })
    const stopped = await run('soft power off', { stopAfterMs: 10_000 })
    expect(String(stopped.result)).toContain('aborted')
    const { result } = await run('soft power off', { resumeFrom: stopped.kept! })
    expect(result).toMatchObject({ power_state: 'power off' })
    expect(bmc.resets).toEqual(['GracefulShutdown'])
  })

  test('that is aborted sends nothing more, and has given its session back', async () => {
    await simulate({ softMs: 60_000 })
    await run('soft power off', { stopAfterMs: 5_000 })
    const last = bmc.seen.at(-1)
    expect(last?.method).toBe('DELETE')
    expect(bmc.openSessions.size).toBe(0)
  })

  test('that is aborted before the BMC was told does not tell it', async () => {
    await simulate()
    await run('soft power off', { stopAfterMs: 0 })
    expect(bmc.resets).toEqual([])
  })
})

describe('what a BMC allows', () => {
  const DELL = ['On', 'ForceOff', 'ForceRestart', 'GracefulShutdown', 'PushPowerButton', 'Nmi']

  test.each(['inline', 'action-info'] as const)('is read where it is told %s', async (where) => {
    await simulate({ power: 'Off', allowed: { values: DELL, where } })
    expect((await run('power on')).result).toEqual({ power_state: 'power on', allowed_resets: DELL })
    const refused = await run('soft rebooting')
    expect(String(refused.result)).toContain('not GracefulRestart')
    expect(bmc.resets).toEqual(['On'])
  })

  test('is everything where it is told nowhere: its own refusal then ends the operation in its words', async () => {
    await simulate()
    bmc.instead = ({ path }) =>
      path.endsWith('.Reset') ? { status: 400, body: refusal('GracefulRestart is not supported') } : undefined
    expect(String((await run('soft rebooting')).result)).toContain('400 GracefulRestart is not supported')
  })
})

describe('a BMC that is not as it should be', () => {
  test.each([400, 409])('refuses with %i what it has done already: that is no failure', async (status) => {
    await simulate()
    let refused = false
    bmc.instead = ({ path }) => {
      if (path.endsWith('.Reset')) {
        refused = true
        return { status, body: refusal('in transition') }
      }
      return refused && path.endsWith('/1') ? { status: 200, body: { PowerState: 'Off' } } : undefined
    }
    expect((await run('power off')).result).toMatchObject({ power_state: 'power off' })
  })

  test('and that shows another state fails, with its own message', async () => {
    await simulate()
    bmc.instead = ({ path }) =>
      path.endsWith('.Reset') ? { status: 409, body: refusal('busy with POST') } : undefined
    expect(String((await run('power off')).result)).toContain('409 busy with POST')
  })

  test('loses the answer to a reset: it is not told twice', async () => {
    await simulate({ softMs: 3_000 })
    let cut = 0
    bmc.instead = ({ path }) => {
      if (!path.endsWith('.Reset') || cut > 0) return undefined
      cut += 1
      return 'cut'
    }
    const { result } = await run('power off', { timeout: 20 })
    expect(bmc.resets).toEqual(['ForceOff'])
    expect(String(result)).toContain('timed out')
  })

  test.each([
    ['503 with a time', { 'retry-after': '20' }, 40],
    ['503 without one', {}, 0],
  ])(
    'answers %s twice: it is asked again, then at the earliest',
    async (_, headers: Record<string, string>, least) => {
      await simulate({ power: 'Off' })
      let left = 2
      bmc.instead = ({ path }) => {
        if (!path.endsWith('/1') || left === 0) return undefined
        left -= 1
        return { status: 503, headers }
      }
      const { result, seconds } = await run('power on')
      expect(result).toMatchObject({ power_state: 'power on' })
      expect(seconds).toBeGreaterThanOrEqual(least)
    },
  )

  test('is not asked for longer than the operation may take', async () => {
    await simulate()
    bmc.instead = () => ({ status: 503, body: '<html>maintenance</html>', headers: { 'retry-after': '900' } })
    const { result, seconds } = await run('power off', { timeout: 30 })
    expect(String(result)).toContain('503')
    expect(seconds).toBeLessThan(31)
  })

  test('does not exist: the reason is the real one', async () => {
    await simulate()
    const { address } = bmc
    await bmc[Symbol.asyncDispose]()
    const { result } = await run('power off', { timeout: 3, info: { redfish_address: address } })
    expect(String(result)).toMatch(/PowerFailed: 127\.0\.0\.1:\d+ cannot be asked: .*ECONNREFUSED/)
    await simulate()
  })

  test.each(['<html>hello</html>', '[]', 'null', '{"PowerState": 7, "Actions": []}', '{"PowerState": null}'])(
    'answers %s for its system: it is neither on nor off',
    async (body) => {
      await simulate()
      bmc.instead = ({ path }) => (path.endsWith('/1') ? { status: 200, body } : undefined)
      expect(String((await run('power off', { timeout: 3 })).result)).toContain('PowerFailed')
    },
  )

  test('leads elsewhere: no login goes there', async () => {
    await simulate()
    bmc.instead = ({ path }) =>
      path.endsWith('Systems')
        ? { status: 200, body: { Members: [{ '@odata.id': 'http://evil.example/x' }] } }
        : undefined
    expect(String((await run('power off')).result)).toContain('not followed')
    bmc.instead = ({ path }) =>
      path.endsWith('/1') ? { status: 302, headers: { location: 'http://evil.example/' } } : undefined
    expect(String((await run('power off', { timeout: 3 })).result)).toContain('302')
  })

  test('has several systems: one must be named, by its id or its path', async () => {
    await simulate({ systems: 2, power: 'Off' })
    expect(String((await run('power on')).result)).toContain('2 systems')
    for (const redfish_system_id of ['1', 1, '/redfish/v1/Systems/1']) {
      expect((await run('power on', { info: { redfish_system_id } })).result).toMatchObject({
        power_state: 'power on',
      })
    }
  })
})

test('fake hardware takes as long as its delays say, from when it was told', async () => {
  await simulate()
  const told = { type: 'GracefulShutdown', at: Date.now() } as const
  const node = {
    driver: 'fake-hardware',
    driver_info: { fake_soft_power_off_delay: 60 },
    power_state: 'power on',
  } as const
  expect(await (await openDriver({ ...node, told })).read(new AbortController().signal)).toMatchObject({
    power: null,
    word: 'PoweringOff',
    busy: true,
  })
  const earlier = { ...told, at: told.at - 61_000 }
  expect(
    await (await openDriver({ ...node, told: earlier })).read(new AbortController().signal),
  ).toMatchObject({
    power: 'power off',
    busy: false,
  })
})

test('a BMC whose connections are refused three times is told then, and once', async () => {
  let now = 0
  let refused = 3
  const told: string[] = []
  const driver: PowerDriver = {
    read: async () => ({
      power: told.length > 0 ? 'power off' : 'power on',
      word: '',
      allowed: null,
      busy: false,
    }),
    reset: async (type) => {
      refused -= 1
      if (refused >= 0) throw new NotReached('refused')
      told.push(type)
    },
    abortNmi: async () => undefined,
    close: async () => undefined,
  }
  const done = await operate(
    driver,
    { target: 'power off', deadline: 60_000, told: false },
    {
      signal: new AbortController().signal,
      now: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds
      },
      safePoint: async () => undefined,
      pointOfNoReturn: async () => undefined,
    },
  )
  expect([done.power, told]).toEqual(['power off', ['ForceOff']])
})

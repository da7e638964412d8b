import { describe, expect, test } from 'vitest'
import { bmc, run, simulate } from './power-runs.ts'
import { refusal } from './redfish-simulator.ts'

describe('the login', () => {
  test('is one session at a time, and none is left', async () => {
    await simulate({ sessions: 1, power: 'Off' })
    for (const target of ['power on', 'soft power off', 'power on', 'rebooting'] as const) await run(target)
    expect([bmc.mostSessions, bmc.openSessions.size]).toEqual([1, 0])
  })

  test('waits for a session to be free', async () => {
    await simulate({ sessions: 0, power: 'Off' })
    const { result, seconds } = await run('power on', { timeout: 20 })
    expect(String(result)).toContain('no session is free')
    expect(seconds).toBeGreaterThan(5)
  })

  test.each(['basic', 'auto'])(
    'goes with each request where there are no sessions: %s',
    async (redfish_auth_type) => {
      await simulate({ sessions: null, power: 'Off' })
      expect((await run('power on', { info: { redfish_auth_type } })).result).toMatchObject({
        power_state: 'power on',
      })
    },
  )

  test('is made again where the BMC has ended it, and the reset is told once', async () => {
    await simulate({ softMs: 3_000 })
    let ended = false
    bmc.instead = ({ path }) => {
      if (path.endsWith('.Reset') && !ended) {
        ended = true
        bmc.openSessions.clear()
      }
      return undefined
    }
    expect((await run('soft power off')).result).toMatchObject({ power_state: 'power off' })
    expect(bmc.openSessions.size).toBe(0)
  })

  test('with a wrong password fails at once, and no text repeats the password', async () => {
    await simulate()
    bmc.instead = ({ path, body }) =>
      path.endsWith('Sessions')
        ? { status: 401, body: refusal(`no: ${JSON.stringify(Object.keys(body as object))}`) }
        : undefined
    const { result, seconds } = await run('power off')
    expect(String(result)).toContain('the login: 401')
    expect(String(result)).not.toContain('1234')
    expect(seconds).toBe(0)
  })
})

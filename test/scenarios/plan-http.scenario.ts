import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { MoveService } from './move-service.ts'
import type { Deployment } from './open-deployment.ts'
import { faultOf } from './openstack-clients.ts'
import { until } from './poll.ts'
import { ENDED, type NewAction, nop, sleep, Watcher } from './watcher-client.ts'

/** Actions that start long operations of services, reached on the machine on which the scenarios run. */
export function planHttp(deployment: () => Deployment): void {
  const watcher = () => new Watcher(deployment())
  const moving = (service: MoveService) => until('the move to begin', async () => service.isMoving)

  test('an operation is started once and waited for, and what rests on it begins after', async () => {
    await using service = await MoveService.open()
    const door = watcher()
    const uuid = randomUUID()
    const plan = await door.started([service.action({ uuid }), nop({ parents: [uuid] })])
    await moving(service)
    await door.untilActions(plan, ['ONGOING', 'PENDING'])
    service.end('completed')
    expect(await door.until(plan, ENDED)).toBe('SUCCEEDED')
    expect(service.asked).toEqual(['POST /moves'])
  })

  test('an operation that fails is the fault of its action', async () => {
    await using service = await MoveService.open()
    const door = watcher()
    const plan = await door.started([service.action()])
    await moving(service)
    service.end('error')
    expect(await door.until(plan, ENDED)).toBe('FAILED')
    const fault = { exception: 'OperationFailed', exception_message: 'its status is error' }
    expect(await door.actions(plan)).toMatchObject([{ state: 'FAILED', fault }])
    expect(service.asked).toEqual(['POST /moves'])
  })

  test.each([
    ['is undone', 'cancelled', 'CANCELLED', 'CANCELLED'],
    ['is done all the same', 'completed', 'SUCCEEDED', 'CANCELLED'],
    ['is not known any more', 'gone', 'FAILED', 'FAILED'],
    ['goes on', 'running', 'FAILED', 'FAILED'],
  ] as const)('after its abort an operation that %s decides', async (_, becomes, action, end) => {
    await using service = await MoveService.open()
    service.afterAbort = becomes
    const door = watcher()
    const uuid = randomUUID()
    const plan = await door.started([service.action({ uuid }), nop({ parents: [uuid] })])
    await moving(service)
    await door.patch(plan, 'CANCELLING')
    expect(await door.until(plan, ENDED)).toBe(end)
    expect(await door.states(plan)).toEqual([action, 'CANCELLED'])
    expect(service.asked).toEqual(['POST /moves', 'DELETE /moves/0'])
  })

  test('by force the clean-up aborts the operation, and waits for its end', async () => {
    await using service = await MoveService.open()
    const door = watcher()
    const plan = await door.started([service.action()])
    await moving(service)
    const { job_execution_id: job } = await door.show(plan)
    await deployment().api.abort(job!, { mode: 'force' })
    expect(await door.until(plan, ENDED)).toBe('CANCELLED')
    expect(await door.states(plan)).toEqual(['CANCELLED'])
    expect(service.asked).toEqual(['POST /moves', 'DELETE /moves/0'])
  })

  test('a rollback asks for the revert of an operation that had succeeded', async () => {
    await using service = await MoveService.open()
    const door = watcher()
    const uuid = randomUUID()
    const plan = await door.started([
      service.action({ uuid }, service.undone),
      sleep(600, { parents: [uuid] }),
    ])
    await moving(service)
    service.end('completed')
    await door.untilActions(plan, ['SUCCEEDED', 'ONGOING'])
    const { job_execution_id: job } = await door.show(plan)
    await deployment().api.abort(job!, { mode: 'graceful', rollback: true })
    expect(await door.until(plan, ENDED)).toBe('CANCELLED')
    expect(await door.states(plan)).toEqual(['CANCELLED', 'CANCELLED'])
    expect(service.asked).toEqual(['POST /moves', 'POST /moves/0/back'])
  })

  const asking = (url: string, more: object = {}): NewAction => ({
    action_type: 'http',
    input_parameters: { start: { url }, ...more },
  })
  test.each<[string, NewAction, string]>([
    ['with a password in its URL', asking('https://ann:word@h/x'), 'start/url'],
    ['of another scheme', asking('file:///etc/passwd'), 'start/url'],
    [
      'with a secret in a header',
      asking('https://h/x', { start: { url: 'https://h/x', headers: { 'X-Auth-Token': 't' } } }),
      'start/headers/X-Auth-Token',
    ],
    [
      'whose status is given by its status',
      asking('https://h/x', { status: { url: 'https://h/{status/id}', done: ['done'] } }),
      'status/url',
    ],
  ])('an operation %s is refused with a pointer', async (_, action, path) => {
    const refused = await watcher().call('POST /action_plans', { actions: [nop(), action] })
    const pointer = `/actions/1/input_parameters/${path}`
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(pointer)])
  })
}

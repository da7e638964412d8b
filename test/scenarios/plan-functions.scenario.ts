import { randomUUID } from 'node:crypto'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { MARKS_BUCKET, plannedMark } from '../jobs/marks-bucket.ts'
import type { Deployment } from './open-deployment.ts'
import { faultOf } from './openstack-clients.ts'
import { until } from './poll.ts'
import { ENDED, type NewAction, nop, Watcher } from './watcher-client.ts'

export const PLANNED = 'lab-test-jobs-plain-planned'

export const planned = (payload: object, more: object = {}, about: object = {}): NewAction => ({
  action_type: 'lambda',
  input_parameters: { function_name: PLANNED, payload, ...more },
  ...about,
})

/** The calls that the planned function got of an action: `run-1`, `abort-1`. */
export async function callsOf({ s3 }: Pick<Deployment, 's3'>, action: string): Promise<string[]> {
  const Prefix = plannedMark(action, '')
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: MARKS_BUCKET, Prefix }))
  return Contents.map(({ Key = '' }) => Key.slice(Prefix.length))
}

/** Actions that call a function of the account. */
export function planFunctions(deployment: () => Deployment): void {
  const watcher = () => new Watcher(deployment())
  const running = (uuid: string) =>
    until(`the function of ${uuid} to run`, async () =>
      (await callsOf(deployment(), uuid)).includes('run-1') ? true : null,
    )

  test('a function is called once, and what rests on it begins after', async () => {
    const door = watcher()
    const uuid = randomUUID()
    const plan = await door.started([planned({}, {}, { uuid }), nop({ parents: [uuid] })])
    expect(await door.until(plan, ENDED)).toBe('SUCCEEDED')
    expect(await callsOf(deployment(), uuid)).toEqual(['run-1'])
  })

  test("a function's own error is the fault of its action", async () => {
    const door = watcher()
    const plan = await door.started([planned({ fail: true })])
    expect(await door.until(plan, ENDED)).toBe('FAILED')
    const [action] = await door.actions(plan)
    expect(action).toMatchObject({
      state: 'FAILED',
      fault: { exception: 'NoRoom', exception_message: 'the host is full' },
    })
  })

  test.each([
    ['stops once it is told', {}, 'CANCELLED', 'CANCELLED'],
    ['is done all the same', { stubborn: true }, 'CANCELLED', 'SUCCEEDED'],
  ])('a function that %s decides what its cancelled action is', async (_, how, state, actionState) => {
    const door = watcher()
    const uuid = randomUUID()
    const plan = await door.started([planned({ hold: true, ...how }, { handles: ['abort'] }, { uuid })])
    await running(uuid)
    await door.patch(plan, 'CANCELLING')
    expect(await door.until(plan, ENDED)).toBe(state)
    expect(await door.states(plan)).toEqual([actionState])
    expect(await callsOf(deployment(), uuid)).toEqual(['abort-1', 'run-1'])
  })

  test('by force its abort is called; a function that handles none leaves its action FAILED', async () => {
    const door = watcher()
    const [told, untold] = [randomUUID(), randomUUID()]
    const plan = await door.started([
      planned({ hold: true }, { handles: ['abort'] }, { uuid: told }),
      planned({ hold: true }, { timeout: 30 }, { uuid: untold }),
    ])
    await Promise.all([running(told), running(untold)])
    const { job_execution_id: job } = await door.show(plan)
    await deployment().api.abort(job!, { mode: 'force' })
    expect(await door.until(plan, ENDED)).toBe('FAILED')
    expect(await door.states(plan)).toEqual(['CANCELLED', 'FAILED'])
    const { left_behind } = await deployment().api.view(job!)
    expect(left_behind).toEqual([expect.stringContaining('it handles no abort')])
  })

  test('a rollback calls the revert of what had succeeded, and tells what has none', async () => {
    const door = watcher()
    const [back, stays, held] = [randomUUID(), randomUUID(), randomUUID()]
    const plan = await door.started([
      planned({}, { handles: ['revert'] }, { uuid: back }),
      planned({}, {}, { uuid: stays }),
      planned({ hold: true }, { handles: ['abort'] }, { uuid: held, parents: [back, stays] }),
    ])
    await running(held)
    const { job_execution_id: job } = await door.show(plan)
    await deployment().api.abort(job!, { mode: 'graceful', rollback: true })
    expect(await door.until(plan, ENDED)).toBe('CANCELLED')
    expect(await door.states(plan)).toEqual(['CANCELLED', 'SUCCEEDED', 'CANCELLED'])
    expect(await callsOf(deployment(), back)).toEqual(['revert-1', 'run-1'])
    const { not_undone } = await deployment().api.view(job!)
    expect(not_undone).toEqual([{ step: 'run-action', index: 1, reason: 'it has no revert' }])
  })

  test.each<[string, NewAction, string]>([
    ['of the product', planned({}, { function_name: 'standdown-events-sweep' }), 'function_name'],
    ['with no such name', planned({}, { function_name: 'a b' }), 'function_name'],
    ['whose payload says who calls', planned({ standdown: 1 }), 'payload'],
    ['that names its abort twice', planned({}, { handles: ['abort'], abort_function: 'lab-x' }), 'handles'],
    ['that would take too long', planned({}, { timeout: 900 }), 'timeout'],
  ])('a function %s is refused with a pointer', async (_, action, path) => {
    const refused = await watcher().call('POST /action_plans', { actions: [nop(), action] })
    const pointer = `/actions/1/input_parameters/${path}`
    expect([refused.status, faultOf(refused)]).toEqual([400, expect.stringContaining(pointer)])
  })
}

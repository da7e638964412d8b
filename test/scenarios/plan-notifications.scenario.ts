import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { showsItsBuses } from './bus.ts'
import { MoveService } from './move-service.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'
import { inOrder, toldOf } from './told-plans.ts'
import { ENDED, nop, sleep, Watcher } from './watcher-client.ts'

/** What Watcher tells of plans on the bus, beside what is told of their jobs. */
export function planNotifications(deployment: () => Deployment): void {
  const onBus = (title: string, run: (door: Watcher) => Promise<void>): void =>
    test(title, async (context) => {
      if (!(await showsItsBuses(deployment()))) return context.skip('this endpoint does not show its buses')
      await run(new Watcher(deployment()))
    })

  onBus(
    'a plan that is cancelled twice tells one start and one end, the end only once its action has ended',
    async (door) => {
      const [slow, never] = [randomUUID(), randomUUID()]
      const uuid = await door.started([sleep(600, { uuid: slow }), nop({ uuid: never, parents: [slow] })])
      await door.untilActions(uuid, ['ONGOING', 'PENDING'])
      const answers = [await door.patch(uuid, 'CANCELLING'), await door.patch(uuid, 'CANCELLED')]
      expect(answers.map(({ status }) => status)).toEqual([200, 200])
      expect(await door.until(uuid, ENDED)).toBe('CANCELLED')
      const told = await toldOf(deployment(), uuid)
      expect(inOrder(told, [slow, never])).toEqual([
        'action.execution.start[0] ONGOING',
        'action_plan.execution.start ONGOING',
        'action_plan.cancel.start CANCELLING',
        'action.cancel.start[0] CANCELLING',
        'action.cancel.end[0] CANCELLED',
        'action.cancel.start[1] CANCELLING',
        'action.cancel.end[1] CANCELLED',
        'action_plan.cancel.end CANCELLED',
      ])
      const { job_execution_id: job } = await door.show(uuid)
      const own = (await deployment().api.notified(job!)).map(({ event_type }) => event_type)
      expect(own.filter((type) => type.startsWith('action'))).toEqual([])
    },
  )

  onBus(
    'a plan that is cancelled before its start tells start and end, and so does each action',
    async (door) => {
      const actions = [randomUUID(), randomUUID()]
      const uuid = await door.create(actions.map((action) => nop({ uuid: action })))
      await door.patch(uuid, 'CANCELLED')
      expect(inOrder(await toldOf(deployment(), uuid), actions)).toEqual([
        'action_plan.cancel.start CANCELLING',
        'action.cancel.start[0] CANCELLING',
        'action.cancel.end[0] CANCELLED',
        'action.cancel.start[1] CANCELLING',
        'action.cancel.end[1] CANCELLED',
        'action_plan.cancel.end CANCELLED',
      ])
    },
  )

  onBus(
    'a plan that is cancelled right after its start tells one start and one end of it and each action',
    async (door) => {
      const uuid = await door.started([sleep(600), sleep(600)])
      await door.patch(uuid, 'CANCELLED')
      await door.until(uuid, ENDED)
      const cancels = (await toldOf(deployment(), uuid)).filter(({ event_type }) =>
        event_type.includes('.cancel.'),
      )
      expect(cancels.map(({ event_type }) => event_type).sort()).toEqual([
        ...['action.cancel.end', 'action.cancel.end', 'action.cancel.start', 'action.cancel.start'],
        ...['action_plan.cancel.end', 'action_plan.cancel.start'],
      ])
    },
  )

  onBus(
    'of two actions one fails: the other comes to its end, what rests on the failed one never begins, and the plan says FAILED with the fault',
    async (door) => {
      await using service = await MoveService.open()
      const [bad, good, never] = [randomUUID(), randomUUID(), randomUUID()]
      const uuid = await door.started([
        service.action({ uuid: bad }),
        sleep(3, { uuid: good }),
        nop({ uuid: never, parents: [bad] }),
      ])
      await until('the move to begin', async () => service.isMoving)
      service.end('error')
      expect(await door.until(uuid, ENDED)).toBe('FAILED')
      expect(await door.states(uuid)).toEqual(['FAILED', 'SUCCEEDED', 'CANCELLED'])
      const told = await toldOf(deployment(), uuid)
      const lines = inOrder(told, [bad, good, never])
      expect(lines.toSorted()).toEqual([
        'action.cancel.end[2] CANCELLED',
        'action.cancel.start[2] CANCELLING',
        'action.execution.end[1] SUCCEEDED',
        'action.execution.error[0] FAILED',
        'action.execution.start[0] ONGOING',
        'action.execution.start[1] ONGOING',
        'action_plan.execution.error FAILED',
        'action_plan.execution.start ONGOING',
      ])
      const { payload, priority } = told.find(
        ({ event_type }) => event_type === 'action_plan.execution.error',
      )!
      const fault = payload['watcher_object.data'].fault!['watcher_object.data']
      expect([priority, fault]).toEqual(['ERROR', expect.objectContaining({ exception: 'ActionFailed' })])
    },
  )

  onBus(
    'the parameters of an action and what its plan is worth come back as they were given',
    async (door) => {
      const input_parameters = { message: `a "quote"\n${'x'.repeat(10_240)}` }
      const global_efficacy = [{ name: 'saved', description: '', unit: '%', value: 3.5 }]
      const worth = { global_efficacy, audit_uuid: randomUUID(), strategy_name: 'server_consolidation' }
      const action = randomUUID()
      const uuid = await door.started([nop({ uuid: action, input_parameters, parents: [] })], worth)
      expect(await door.until(uuid, ENDED)).toBe('SUCCEEDED')
      const told = await toldOf(deployment(), uuid)
      expect(inOrder(told, [action])).toEqual([
        'action.execution.start[0] ONGOING',
        'action_plan.execution.start ONGOING',
        'action.execution.end[0] SUCCEEDED',
        'action_plan.execution.end SUCCEEDED',
      ])
      for (const { payload } of told) {
        const data = payload['watcher_object.data']
        if ('parents' in data) expect(data).toMatchObject({ input_parameters, parents: [] })
        else expect(data).toMatchObject({ global_efficacy, audit_uuid: worth.audit_uuid })
      }
    },
  )
}

import {
  type ActionNotification,
  actionNotification,
  type PlanNotification,
  planNotification,
  type WatcherNotification,
} from '#functions/doors/watcher/notifications/schemas.ts'
import { busDetails } from './bus.ts'
import type { Deployment } from './open-deployment.ts'

const isPlans = (message: object): message is PlanNotification => planNotification.safeParse(message).success
const isActions = (message: object): message is ActionNotification =>
  actionNotification.safeParse(message).success

/** What was told of a plan and its actions up to its end; what came twice, once. */
export async function toldOf(
  deployment: Pick<Deployment, 'awsUrl'>,
  uuid: string,
): Promise<WatcherNotification[]> {
  const told = new Map<string, WatcherNotification>()
  for await (const message of busDetails<object>(deployment)) {
    const isIts = isPlans(message)
      ? message.payload['watcher_object.data'].uuid === uuid
      : isActions(message) &&
        message.payload['watcher_object.data'].action_plan['watcher_object.data'].uuid === uuid
    if (!isIts) continue
    const its = message as WatcherNotification
    told.set(its.message_id, its)
    if (/^action_plan\..*\.(end|error)$/.test(its.event_type)) break
  }
  return [...told.values()]
}

/** `action.cancel.start[1] CANCELLING`, in the order of their times, then as they were on the bus. */
export const inOrder = (told: WatcherNotification[], actions: string[]): string[] =>
  told
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)))
    .map(({ event_type, payload }) => {
      const { uuid, state } = payload['watcher_object.data']
      const at = actions.indexOf(uuid)
      return `${event_type}${at < 0 ? '' : `[${at}]`} ${state}`
    })

import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge'
import { NOTIFICATION_SOURCE } from '#core/notifications/envelope.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { plainJson } from '#core/text/plain-json.ts'
import type { Bus, Refusal } from '#engine/ports.ts'
import { clientOptions, once, TIMES } from './clients.ts'
import { env } from './env.ts'

/** Apart from the other clients, so that only the functions that publish carry it. */
export const eventBridge = once(() => new EventBridgeClient(clientOptions(TIMES.eventBridge)))

// Of one call, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
const MAX_ENTRIES = 10
const MAX_BYTES = 256 * 1024

type Entry = { notification: Notification; request: PutEventsRequestEntry }

export class EventBridgeBus implements Bus {
  private readonly client: EventBridgeClient
  private readonly busName: string

  constructor(client: EventBridgeClient, busName: string) {
    this.client = client
    this.busName = busName
  }

  async publish(notifications: Notification[]): Promise<Refusal[]> {
    const calls = callsOf(notifications.map((notification) => this.entry(notification)))
    const refused: Refusal[] = []
    for (const [i, entries] of calls.entries()) {
      try {
        refused.push(...(await this.put(entries)))
      } catch (error) {
        // The bus does not answer now: what comes after it would only wait as long.
        return [...refused, ...refusalsOf(calls.slice(i).flat(), String(error))]
      }
    }
    return refused
  }

  private entry(notification: Notification): Entry {
    const request = {
      EventBusName: this.busName,
      Source: NOTIFICATION_SOURCE,
      DetailType: notification.event_type,
      Detail: plainJson(notification),
      Time: new Date(notification.timestamp),
    }
    return { notification, request }
  }

  /** A call that goes through may still have entries that did not. */
  private async put(entries: Entry[]): Promise<Refusal[]> {
    const Entries = entries.map(({ request }) => request)
    const answer = await this.client.send(new PutEventsCommand({ Entries }))
    if (!answer.FailedEntryCount) return []
    return entries.flatMap((entry, i) => {
      const result = answer.Entries?.[i]
      return result && !result.ErrorCode ? [] : refusalsOf([entry], faultOf(result))
    })
  }
}

/** The bus of a deployed function, from its environment. */
export const deployedBus = (): Bus => new EventBridgeBus(eventBridge(), env.busName())

const faultOf = (result: PutEventsResultEntry | undefined): string =>
  result ? `${result.ErrorCode} ${result.ErrorMessage}` : 'the bus did not answer for it'

const refusalsOf = (entries: Entry[], reason: string): Refusal[] =>
  entries.map(({ notification }) => ({ notification, reason }))

/** In their order, as many to a call as it takes. */
function callsOf(entries: Entry[]): Entry[][] {
  const calls: Entry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const last = calls.at(-1)
    const size = sizeOf(entry)
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(entry)
      bytes += size
    } else {
      calls.push([entry])
      bytes = size
    }
  }
  return calls
}

/** As EventBridge counts: the time takes 14 bytes. */
const sizeOf = ({ request: { Source = '', DetailType = '', Detail = '' } }: Entry): number =>
  14 + Source.length + DetailType.length + Buffer.byteLength(Detail)

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

/** One event: `at` is when that happened of which it tells. */
export type BusEvent = { type: string; at: string; detail: object }
export type RefusedEvent = { event: BusEvent; reason: string }

type Entry = { event: BusEvent; request: PutEventsRequestEntry }

export class EventBridgeBus implements Bus {
  private readonly client: EventBridgeClient
  private readonly busName: string

  constructor(client: EventBridgeClient, busName: string) {
    this.client = client
    this.busName = busName
  }

  async publish(notifications: Notification[]): Promise<Refusal[]> {
    const events = notifications.map((detail) => ({ type: detail.event_type, at: detail.timestamp, detail }))
    const refused = await this.put(events)
    return refused.map(({ event, reason }) => ({ notification: event.detail as Notification, reason }))
  }

  /** Whatever their shape, in their order; answers those that the bus did not take. */
  async put(events: BusEvent[]): Promise<RefusedEvent[]> {
    const calls = callsOf(events.map((event) => this.entry(event)))
    const refused: RefusedEvent[] = []
    for (const [i, entries] of calls.entries()) {
      try {
        refused.push(...(await this.call(entries)))
      } catch (error) {
        // The bus does not answer now: what comes after it would only wait as long.
        return [...refused, ...refusalsOf(calls.slice(i).flat(), String(error))]
      }
    }
    return refused
  }

  private entry(event: BusEvent): Entry {
    const request = {
      EventBusName: this.busName,
      Source: NOTIFICATION_SOURCE,
      DetailType: event.type,
      Detail: plainJson(event.detail),
      Time: new Date(event.at),
    }
    return { event, request }
  }

  /** A call that goes through may still have entries that did not. */
  private async call(entries: Entry[]): Promise<RefusedEvent[]> {
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
export const deployedBus = (): EventBridgeBus => new EventBridgeBus(eventBridge(), env.busName())

const faultOf = (result: PutEventsResultEntry | undefined): string =>
  result ? `${result.ErrorCode} ${result.ErrorMessage}` : 'the bus did not answer for it'

const refusalsOf = (entries: Entry[], reason: string): RefusedEvent[] =>
  entries.map(({ event }) => ({ event, reason }))

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

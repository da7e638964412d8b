import type { Notification } from '#core/notifications/schemas.ts'

type Message = { name: string; summary: string; examples: [{ payload: object }] }

/** What the page reads of the AsyncAPI document. */
export type AsyncApi = {
  channels: { bus: { address: string } }
  components: { messages: Record<string, Message> }
}

export type NotificationType = { type: string; summary: string; pattern: object; sample: object }

/** Whatever is put on the bus, in the document's order. */
export function typesOf({ channels, components }: AsyncApi): NotificationType[] {
  const source = [channels.bus.address]
  return Object.values(components.messages).map(({ name, summary, examples: [example] }) => ({
    type: name,
    summary,
    pattern: { source, 'detail-type': [name] },
    sample: example.payload,
  }))
}

/** One that was seen says more than one that is made up. */
export const sampleOf = ({ type, sample }: NotificationType, seen: readonly Notification[]): object =>
  seen.find(({ event_type }) => event_type === type) ?? sample

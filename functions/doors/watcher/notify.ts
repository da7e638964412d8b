import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { deployedBus, type EventBridgeBus } from '#aws/bus.ts'
import { env } from '#aws/env.ts'
import { changeOf } from '#aws/table/codec.ts'
import { doorChangeOf } from '#aws/table/door-records.ts'
import { nameBasedId } from '#engine/name-based-id.ts'
import { task } from '../../middleware/task.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import type { WatcherNotification } from './notifications/schemas.ts'
import { ToldPlans } from './notifications/told-plans.ts'

/** A plan's end may tell of 500 actions with 64 KB each: so many are held at once, at most. */
const AT_ONCE = 50

/** Sends in order, up to the first record of the stream of which something was refused. */
class Sender {
  refusedAt: string | undefined
  private waiting: { message: WatcherNotification; record: string }[] = []
  private readonly bus: EventBridgeBus

  constructor(bus: EventBridgeBus) {
    this.bus = bus
  }

  async add(message: WatcherNotification, record: string): Promise<void> {
    this.waiting.push({ message, record })
    if (this.waiting.length >= AT_ONCE) await this.flush()
  }

  async flush(): Promise<void> {
    const sent = this.waiting
    this.waiting = []
    if (this.refusedAt !== undefined) return
    const refused = await this.bus.put(sent.map(({ message }) => eventOf(message)))
    const details = new Set(refused.map(({ event }) => event.detail))
    this.refusedAt = sent.find(({ message }) => details.has(message))?.record
    if (refused[0]) logger.error('the bus refused notifications', { reason: refused[0].reason })
  }
}

const eventOf = (message: WatcherNotification) => ({
  type: message.event_type,
  at: `${message.timestamp.replace(' ', 'T')}Z`,
  detail: message,
})

type Images = Parameters<typeof doorChangeOf>[0] & Parameters<typeof changeOf>[0]

function told(plans: ToldPlans, { dynamodb = {} }: DynamoDBRecord): AsyncGenerator<WatcherNotification> {
  const images = dynamodb as Images
  const record = doorChangeOf(images)
  return record ? plans.ofRecord(record) : plans.ofChange(changeOf(images))
}

/**
 * Tells of plans and actions as Watcher does. The stream keeps what was not sent: it comes again from the first record
 * of which anything is missing, with the same ids, and holds up no job's own notifications.
 */
async function notify({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const plans = new ToldPlans(ports(), { host: env.busName(), messageId: nameBasedId })
  const sender = new Sender(deployedBus())
  let failedAt: string | undefined
  for (const record of Records) {
    const place = record.dynamodb?.SequenceNumber ?? ''
    try {
      for await (const message of told(plans, record)) await sender.add(message, place)
    } catch (error) {
      logger.error('a plan cannot be told of now', error as Error)
      failedAt = place
    }
    if (failedAt !== undefined || sender.refusedAt !== undefined) break
  }
  await sender.flush()
  const first = sender.refusedAt ?? failedAt
  return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }] }
}

export const handler = task('PlanNotify', notify)

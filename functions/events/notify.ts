import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { deployedBus } from '#aws/bus.ts'
import { changeOf } from '#aws/table/codec.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { deployedTable } from '#aws/table/table.ts'
import type { NotificationRecord } from '#core/notifications/envelope.ts'
import { keepNotifications, sendNotifications } from '#engine/notify.ts'
import type { Needs } from '#engine/ports.ts'
import { task } from '../middleware/task.ts'
import { logger } from '../middleware/telemetry.ts'

type Publishing = Needs<'notifications' | 'bus'>
type Batch = { records: NotificationRecord[]; failed: DynamoDBRecord[] }

/** In the stream's order, up to the first that cannot be kept. */
async function keepAll(ports: Publishing, changes: DynamoDBRecord[]): Promise<Batch> {
  const records: NotificationRecord[] = []
  for (const change of changes) {
    try {
      records.push(...(await keepNotifications(ports, changeOf(change.dynamodb ?? {}))))
    } catch (error) {
      logger.error('a notification could not be kept', error as Error)
      return { records, failed: [change] }
    }
  }
  return { records, failed: [] }
}

function logSent({ notification: { event_type, sequence, payload } }: NotificationRecord): void {
  logger.info(event_type, { sequence, job_execution_id: payload.data.job.job_execution_id })
}

/**
 * Records of one item stay in order: the first that cannot be kept is named, and the batch resumes there. What
 * the bus does not take is the sweeper's: waiting for it here would hold up every other job's.
 */
async function notify(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const ports = { notifications: new TableNotifications(deployedTable()), bus: deployedBus() }
  const { records, failed } = await keepAll(ports, event.Records)
  const refusals = await sendNotifications(ports, records)
  records.forEach(logSent)
  for (const { notification, reason } of refusals) {
    logger.error('the bus refused a notification', { message_id: notification.message_id, reason })
  }
  return { batchItemFailures: failed.map((one) => ({ itemIdentifier: one.dynamodb?.SequenceNumber ?? '' })) }
}

export const handler = task('Notify', notify)

import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { EventBridgeBus, eventBridge } from '#aws/bus.ts'
import { env } from '#aws/env.ts'
import { changeOf } from '#aws/table/codec.ts'
import { TableNotifications } from '#aws/table/notifications.ts'
import { deployedTable } from '#aws/table/table.ts'
import { notificationsOfChange, publish } from '#engine/notify.ts'
import type { Needs } from '#engine/ports.ts'
import { task } from '../middleware/task.ts'
import { logger } from '../middleware/telemetry.ts'

type Publishing = Needs<'notifications' | 'bus'>

const publishing = (): Publishing => ({
  notifications: new TableNotifications(deployedTable()),
  bus: new EventBridgeBus(eventBridge(), env.busName()),
})

async function notifyRecord(ports: Publishing, { dynamodb }: DynamoDBRecord): Promise<void> {
  for (const record of notificationsOfChange(changeOf(dynamodb ?? {}))) {
    await publish(ports, record)
    const { event_type, sequence, payload } = record.notification
    logger.info(event_type, { sequence, job_execution_id: payload.data.job.job_execution_id })
  }
}

/** Records of one item stay in order: the first that fails is named, and the batch resumes there. */
async function notify(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const ports = publishing()
  for (const record of event.Records) {
    try {
      await notifyRecord(ports, record)
    } catch (error) {
      logger.error('a notification could not be published', error as Error)
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] }
    }
  }
  return { batchItemFailures: [] }
}

export const handler = task('Notify', notify)

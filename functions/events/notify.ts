import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { eventBridge } from '#aws/bus.ts'
import { dynamodb } from '#aws/clients.ts'
import { env } from '#aws/env.ts'
import type { Item } from '#aws/table/codec.ts'
import { notificationsOfRecord, type Publisher, publish } from '#engine/notify.ts'
import { task } from '../middleware/task.ts'
import { logger } from '../middleware/telemetry.ts'

type Image = Item | undefined

const publisher = (): Publisher => ({
  client: dynamodb(),
  tableName: env.tableName(),
  events: eventBridge(),
  busName: env.busName(),
  retentionDays: env.retentionDays(),
})

async function notifyRecord(of: Publisher, record: DynamoDBRecord): Promise<void> {
  const { OldImage, NewImage } = record.dynamodb ?? {}
  const kept = notificationsOfRecord(OldImage as Image, NewImage as Image)
  for (const one of kept) {
    await publish(of, one)
    const { event_type, sequence, payload } = one.notification
    logger.info(event_type, { sequence, job_execution_id: payload.data.job.job_execution_id })
  }
}

/** Records of one item stay in order: the first that fails is named, and the batch resumes there. */
async function notify(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (const record of event.Records) {
    try {
      await notifyRecord(publisher(), record)
    } catch (error) {
      logger.error('a notification could not be published', error as Error)
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' }] }
    }
  }
  return { batchItemFailures: [] }
}

export const handler = task('Notify', notify)

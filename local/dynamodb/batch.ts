import { createHash } from 'node:crypto'
import { type InvokeResult, LOCAL_REGION } from '#local/types.ts'
import type { StreamRecord } from './stream-reader.ts'

/** What one invocation made of a batch: how many records are done, and whether the rest failed. */
export type Outcome = { done: number; failed: boolean; error?: unknown }

export function lastSequence(records: StreamRecord[]): string {
  return records.at(-1)!.dynamodb.SequenceNumber
}

/** The record as Lambda gets it. */
export function toLambdaRecord(record: StreamRecord, streamArn: string): Record<string, unknown> {
  const id = `${streamArn}/${record.dynamodb.SequenceNumber}`
  return {
    eventID: createHash('md5').update(id).digest('hex'),
    eventName: record.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: LOCAL_REGION,
    dynamodb: record.dynamodb,
    eventSourceARN: streamArn,
  }
}

/**
 * Reads a function's answer as Lambda does: without ReportBatchItemFailures an answer is a success; with it the
 * lowest failed sequence number is where to go on, and an answer that cannot be read fails the whole batch.
 */
export function outcomeOf(records: StreamRecord[], result: InvokeResult, reportsFailures: boolean): Outcome {
  if (result.functionError) return { done: 0, failed: true, error: result.functionError }
  if (!reportsFailures) return { done: records.length, failed: false }
  const failures = (result.payload as { batchItemFailures?: unknown } | null)?.batchItemFailures ?? []
  if (!Array.isArray(failures)) return { done: 0, failed: true, error: 'batchItemFailures is not a list' }
  if (failures.length === 0) return { done: records.length, failed: false }
  const positions = failures.map(({ itemIdentifier }: { itemIdentifier?: unknown }) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  )
  return { done: Math.max(0, Math.min(...positions)), failed: true, error: 'batchItemFailures' }
}

export type ExhaustedBatch = {
  functionArn: string
  streamArn: string
  shardId: string
  records: StreamRecord[]
  attempts: number
}

/** The message for the on-failure destination: where the records were, not the records themselves. */
export function failureMessage({
  functionArn,
  streamArn,
  shardId,
  records,
  attempts,
}: ExhaustedBatch): object {
  const at = (record: StreamRecord | undefined): string =>
    new Date(Number(record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString()
  return {
    requestContext: {
      functionArn,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: records[0]?.dynamodb.SequenceNumber,
      endSequenceNumber: lastSequence(records),
      approximateArrivalOfFirstRecord: at(records[0]),
      approximateArrivalOfLastRecord: at(records.at(-1)),
      batchSize: records.length,
      streamArn,
    },
  }
}

import { compilePattern } from '#local/events/pattern.ts'
import { AwsError, type InvokeResult, type LambdaInvoker } from '#local/types.ts'
import { failureMessage, lastSequence, type Outcome, outcomeOf, toLambdaRecord } from './batch.ts'
import type { StreamPositions } from './stream-positions.ts'
import type { StreamRecord } from './stream-reader.ts'

export type Mapping = {
  logicalId: string
  tableName: string
  functionName: string
  functionArn: string
  streamArn: string
  batchSize: number
  filters: object[]
  bisectOnError: boolean
  maximumRetryAttempts: number
  reportBatchItemFailures: boolean
  onFailureArn?: string
}

export type DeliveryOptions = {
  mapping: Mapping
  positions: StreamPositions
  lambda: LambdaInvoker
  /** Takes the message about records given up. */
  sendFailure(queueArn: string, message: object): Promise<void>
  /** Waits before the n-th retry; rejects when the pump stops. */
  backOff(retry: number): Promise<void>
  log(line: string): void
}

type Part = { shardId: string; records: StreamRecord[] }

/** Brings the records of one mapping to its function: filtered, in order, until done or given up. */
export function createDelivery(options: DeliveryOptions): (part: Part) => Promise<void> {
  const { mapping, positions, lambda } = options
  const filters = mapping.filters.map((filter) => compilePattern(filter))
  const matches = (record: StreamRecord): boolean =>
    filters.length === 0 || filters.some((filter) => filter(record))

  return async ({ shardId, records }) => {
    const wanted = records.filter(matches)
    if (wanted.length > 0) await deliver({ shardId, records: wanted })
    if (records.length > 0) positions.set(shardId, lastSequence(records))
  }

  async function deliver({ shardId, records }: Part): Promise<void> {
    let left = records
    let attempts = 0
    while (left.length > 0) {
      const { done, failed, error } = await invokeWith(left)
      if (done > 0) {
        positions.set(shardId, lastSequence(left.slice(0, done)))
        left = left.slice(done)
        attempts = 0
      }
      if (!failed) continue
      if (mapping.bisectOnError && left.length > 1) return await deliverHalves(shardId, left)
      attempts += 1
      if (mapping.maximumRetryAttempts >= 0 && attempts > mapping.maximumRetryAttempts) {
        return await giveUp({ shardId, records: left }, { attempts, error })
      }
      await options.backOff(attempts)
    }
  }

  // A batch that fails is halved until the record at fault stands alone; halving is not a retry.
  async function deliverHalves(shardId: string, records: StreamRecord[]): Promise<void> {
    const middle = Math.ceil(records.length / 2)
    await deliver({ shardId, records: records.slice(0, middle) })
    await deliver({ shardId, records: records.slice(middle) })
  }

  async function invokeWith(records: StreamRecord[]): Promise<Outcome> {
    const Records = records.map((record) => toLambdaRecord(record, mapping.streamArn))
    const result = await invokeUntilTaken({ Records })
    return outcomeOf(records, result, mapping.reportBatchItemFailures)
  }

  // Throttled or unreachable is not the function's failure: it takes no retry away.
  async function invokeUntilTaken(payload: object): Promise<InvokeResult> {
    for (let tries = 1; ; tries++) {
      try {
        return await lambda.invoke(mapping.functionName, payload)
      } catch (error) {
        if (error instanceof AwsError && error.status < 500 && error.status !== 429) throw error
        await options.backOff(tries)
      }
    }
  }

  async function giveUp(
    { shardId, records }: Part,
    why: { attempts: number; error: unknown },
  ): Promise<void> {
    const { functionArn, streamArn, onFailureArn, functionName } = mapping
    const message = failureMessage({ functionArn, streamArn, shardId, records, attempts: why.attempts })
    if (onFailureArn) await options.sendFailure(onFailureArn, message)
    const what = JSON.stringify(why.error)
    options.log(
      `${functionName} gave up ${records.length} stream records after ${why.attempts} attempts: ${what}`,
    )
    positions.set(shardId, lastSequence(records))
  }
}

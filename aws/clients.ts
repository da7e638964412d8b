import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { type CallTimes, retryWithin } from './retry.ts'

export const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

export type ClientTimes = CallTimes & { connectMs: number }

/**
 * No call of the protocol may outlive a lease of 30 s: an answer that comes later says nothing any more. Without
 * these a connection that died silently holds a call for as long as the Lambda lives.
 */
export const TIMES = {
  dynamodb: { connectMs: 1000, tryMs: 3000, callMs: 20_000 },
  stepFunctions: { connectMs: 1000, tryMs: 3000, callMs: 15_000 },
  eventBridge: { connectMs: 1000, tryMs: 5000, callMs: 15_000 },
} as const satisfies Record<string, ClientTimes>

/** For the constructor of a client. The socket's own time-out ends an answer that stops in its middle. */
export const clientOptions = ({
  connectMs,
  tryMs,
  callMs,
}: ClientTimes): Required<Pick<DynamoDBClientConfig, 'requestHandler' | 'retryStrategy'>> => ({
  requestHandler: {
    connectionTimeout: connectMs,
    requestTimeout: tryMs,
    socketTimeout: tryMs,
    throwOnRequestTimeout: true,
  },
  retryStrategy: retryWithin({ callMs, tryMs }),
})

/** One client per warm environment. */
export const dynamodb = once(() => new DynamoDBClient(clientOptions(TIMES.dynamodb)))

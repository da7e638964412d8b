import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SFNClient } from '@aws-sdk/client-sfn'

export const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** One client per warm environment. Nine tries, because a lost write means a step that has to stop itself. */
export const dynamodb = once(() => new DynamoDBClient({ maxAttempts: 9 }))
export const stepFunctions = once(() => new SFNClient({ maxAttempts: 6, retryMode: 'adaptive' }))

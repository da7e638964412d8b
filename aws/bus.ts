import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { once } from './clients.ts'

/** Apart from the other clients, so that only the one function that publishes carries it. */
export const eventBridge = once(() => new EventBridgeClient({ maxAttempts: 6 }))

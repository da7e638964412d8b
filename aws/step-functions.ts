import { SFNClient } from '@aws-sdk/client-sfn'
import { clientOptions, once, TIMES } from './clients.ts'

/** One client per warm environment; apart from DynamoDB's, which every function loads as it starts. */
export const stepFunctions = once(() => new SFNClient(clientOptions(TIMES.stepFunctions)))

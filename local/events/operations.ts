import { AwsError, type AwsJsonService } from '#local/types.ts'
import { type PutEventsContext, putEvents } from './put-events.ts'

/** EventBridge as a client sees it: the buses and rules are the template's, so all that it takes is events. */
export function createOperations(context: PutEventsContext): AwsJsonService {
  return async (operation, input) => {
    if (operation === 'PutEvents') return putEvents(context, input)
    throw new AwsError('UnknownOperationException', `${operation} is not run locally; there is PutEvents`)
  }
}

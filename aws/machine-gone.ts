import { StateMachineDeleting, StateMachineDoesNotExist } from '@aws-sdk/client-sfn'

/** One that is being deleted starts nothing any more, either. */
export const isMachineGone = (error: unknown): boolean =>
  error instanceof StateMachineDoesNotExist || error instanceof StateMachineDeleting

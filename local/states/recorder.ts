import type { ExecutionLog } from './execution-log.ts'
import type { EventNote } from './flow.ts'

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const HISTORY_LIMIT = 25_000

export type Recorder = ReturnType<typeof createRecorder>

/** Numbers the events of one execution and hands them to the log. */
export function createRecorder(log: ExecutionLog, execution: number, lastEvent: number) {
  let last = lastEvent
  return {
    get last() {
      return last
    },
    /** One event is left, and it belongs to the end of the execution. */
    get isFull() {
      return last >= HISTORY_LIMIT - 1
    },
    append({ type, previous, details }: EventNote): number {
      last += 1
      const text = details ? JSON.stringify(details) : null
      log.addEvent({ execution, id: last, previous, type, at_ms: Date.now(), details: text })
      return last
    },
  }
}

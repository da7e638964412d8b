/** What is asked about the job of an action, which is found by its parent and the action. */
export type ChildQuestion = {
  ask: 'start' | 'look' | 'abort'
  parent: string
  action_uuid: string
  template: string
  input: Record<string, unknown>
}

/** `missing`: there is none; `refused`: there will be none. */
export type Child =
  | { kind: 'job'; job_execution_id: string; state: string; fault: string | null }
  | { kind: 'missing' | 'refused'; why: string }

/** Starts, aborts and looks at the jobs of actions. A start that is repeated is the same one; so is an abort. */
export interface ChildJobs {
  /** Null where it cannot be answered for now. @throws the reason of the signal */
  ask(question: ChildQuestion, signal: AbortSignal): Promise<Child | null>
}

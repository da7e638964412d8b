import type { JobInfo } from '#sdk/index.ts'
import type { ActionOf } from '../actions/action.ts'
import { functionOf } from '../parameters/lambda.ts'
import type { Called, Functions } from './functions.ts'

export type Phase = 'run' | 'abort' | 'revert'
const DEFAULT_TIMEOUT = 60

export type PhaseCall = {
  action: ActionOf<'lambda'>
  job: Pick<JobInfo, 'job_execution_id' | 'input'>
  phase: Phase
  signal: AbortSignal
  /** More for the function to know, beside who calls. */
  more?: object
}

/** Whether the action has a function for that phase. */
export const handles = ({ input_parameters: given }: ActionOf<'lambda'>, phase: Phase): boolean =>
  functionOf(given, phase) !== null

/**
 * Calls the function of a phase. It learns who calls, and by `idempotency_key` that it was called before: a call whose
 * answer was lost is repeated with the same key.
 */
export async function callPhase(
  functions: Functions,
  { action, job, phase, signal, more }: PhaseCall,
): Promise<Called> {
  const { uuid, input_parameters: given } = action
  const { payload = {}, timeout = DEFAULT_TIMEOUT } = given
  const functionName = functionOf(given, phase) ?? given.function_name
  const { job_execution_id } = job
  const standdown = {
    job_execution_id,
    action_plan_uuid: (job.input as { plan?: string } | null)?.plan ?? null,
    action_uuid: uuid,
    phase,
    idempotency_key: `${job_execution_id}/${uuid}/${phase}`,
    ...more,
  }
  return functions.call({ functionName, payload: { ...payload, standdown }, timeout, signal })
}

import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { abortRequestView } from '#core/api/part-views.ts'
import { ERROR_NAMES, MachineMissingError } from '#core/errors.ts'
import type { ExecutionEnd, Job } from '#core/job/job.ts'
import { messageOfCause, plainText } from '#core/text/plain-text.ts'
import type { JsonText } from '#core/value.ts'
import type { Execution, Executions } from '#engine/ports.ts'
import { isMachineGone } from './machine-gone.ts'

export class StepFunctionsExecutions implements Executions {
  private readonly client: SFNClient

  constructor(client: SFNClient) {
    this.client = client
  }

  start(stateMachineArn: string, name: string, input: JsonText): Promise<boolean> {
    return start(this.client, { machine: stateMachineArn, name, input })
  }

  describe(executionArn: string): Promise<Execution | undefined> {
    return describe(this.client, executionArn)
  }

  stop(job: Job): Promise<boolean> {
    return stop(this.client, job)
  }

  running(stateMachineArn: string): Promise<string[]> {
    return running(this.client, stateMachineArn)
  }
}

type Start = { machine: string; name: string; input: JsonText }

async function start(client: SFNClient, { machine, name, input }: Start): Promise<boolean> {
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn: machine, name, input }))
    return true
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return false
    if (!isMachineGone(error)) throw error
    throw new MachineMissingError(`the state machine ${machine} does not exist any more`, { cause: error })
  }
}

async function describe(client: SFNClient, executionArn: string): Promise<Execution | undefined> {
  try {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }))
    const status = found.status as Execution['status']
    return {
      name: found.name ?? '',
      status,
      started_at: (found.startDate ?? new Date()).toISOString(),
      input: (found.input ?? '{}') as JsonText,
      end: status === 'RUNNING' ? null : endOf({ status, error: found.error, cause: found.cause }),
      ...(found.output && { output: found.output as JsonText }),
      ...(found.redriveCount && { redriven: true }),
    }
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined
    throw error
  }
}

/** A cause may have 32,768 characters of any kind: the job's item keeps what a person needs of it. */
const MAX_CAUSE = 2048
const MAX_ERROR = 256

type Text = string | null | undefined

const kept = (text: Text, max: number): string | null =>
  text === null || text === undefined ? null : plainText(messageOfCause(text), max)

/** How an execution ended, as Step Functions answers it or sends it in the event of the end. */
export type ReportedEnd = { status: ExecutionEnd['status']; error?: Text; cause?: Text }

export const endOf = ({ status, error, cause }: ReportedEnd): ExecutionEnd => ({
  status,
  error: kept(error, MAX_ERROR),
  cause: kept(cause, MAX_CAUSE),
})

/**
 * The end as its event tells it. Null where it names no error: one stopped without, and one whose error is
 * encrypted with a key that the event cannot use, look alike there, so that Step Functions must be asked.
 */
export const endOfEvent = (event: ReportedEnd): ExecutionEnd | null =>
  event.status === 'SUCCEEDED' || typeof event.error === 'string' ? endOf(event) : null

/** Step Functions takes at most 32,768 characters of cause. */
function stopCause(job: Job): string {
  const { job_execution_id, abort_request } = job
  return JSON.stringify({ job_execution_id, ...(abort_request && abortRequestView(abort_request)) }).slice(
    0,
    32_000,
  )
}

async function stop(client: SFNClient, job: Job): Promise<boolean> {
  const executionArn = job.execution_arn
  const reasons = { error: ERROR_NAMES.JobAborted, cause: stopCause(job) }
  try {
    await client.send(new StopExecutionCommand({ executionArn, ...reasons }))
    return true
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false
    if (!isKmsError(error)) throw error
    // Error and cause are encrypted with the machine's key: without the key only a bare stop goes through.
    await client.send(new StopExecutionCommand({ executionArn }))
    return true
  }
}

const isKmsError = (error: unknown): boolean => error instanceof Error && error.name.startsWith('Kms')

async function running(client: SFNClient, stateMachineArn: string): Promise<string[]> {
  const names: string[] = []
  let nextToken: string | undefined
  do {
    const page = { stateMachineArn, statusFilter: 'RUNNING' as const, maxResults: 1000 }
    const command = new ListExecutionsCommand({ ...page, ...(nextToken ? { nextToken } : {}) })
    const answer = await client.send(command).catch((error: unknown) => {
      if (isMachineGone(error)) return { executions: [], nextToken: undefined }
      throw error
    })
    names.push(...(answer.executions ?? []).map((execution) => execution.name ?? ''))
    nextToken = answer.nextToken
  } while (nextToken)
  return names
}

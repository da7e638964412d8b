import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { type Author, COMMIT_ARN, STEP_ARN } from './render.ts'

/** A chain as its author writes it, and the whole definition that is deployed. */
export type ChainRow = { title: string; chain: (author: Author) => sfn.IChainable; expected: object }

const STOPPED = ['JobAborted', 'StepFenced']
/** Of every task that is marked, before its author's. */
export const FIRST_RETRIES = [
  { ErrorEquals: STOPPED, MaxAttempts: 0 },
  { ErrorEquals: ['StepBusy'], IntervalSeconds: 5, BackoffRate: 1, MaxAttempts: 360 },
  { ErrorEquals: ['StepOutOfTime'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 1000 },
]
const TRANSIENT = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.TooManyRequestsException',
    'Lambda.AWSLambdaException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'Runtime.OutOfMemory',
    'States.Timeout',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
}
const ANY = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  MaxAttempts: 10,
}
const EXECUTION = { 'job_execution_id.$': '$$.Execution.Name', 'execution_arn.$': '$$.Execution.Id' }
const parked = (parking: string) => ({ ErrorEquals: STOPPED, ResultPath: null, Next: parking })

type StepOptions = {
  /** In the mark beside order: index, visit. */
  mark?: Record<string, unknown>
  parking?: string
  authorsRetry?: object[]
  authorsCatch?: object[]
  /** The rest of the state: Next or End, ResultPath. */
  state: Record<string, unknown>
}

/** The whole state of a step, as it is deployed. */
export function step(name: string, order: number, options: StepOptions) {
  const { mark: more = {}, parking = 'Standdown parked', authorsRetry, authorsCatch = [], state } = options
  const mark = { template: 'test', step: name, abortable: 'checkpoint', order, ...EXECUTION, ...more }
  return {
    Type: 'Task',
    Resource: STEP_ARN,
    Parameters: { standdown: mark, 'input.$': '$' },
    Retry: [...FIRST_RETRIES, ...(authorsRetry ?? [TRANSIENT])],
    Catch: [parked(parking), ...authorsCatch],
    ...state,
  }
}

export const parking = (name: string) => ({
  [name]: { Type: 'Wait', Seconds: 99_999_999, Next: `${name}, over` },
  [`${name}, over`]: { Type: 'Fail', Error: 'JobAborted', Cause: 'the job was aborted' },
})

export const TRANSIENT_RETRY = TRANSIENT
export const TO_COMMIT = { Next: 'Standdown commit' }

/** The whole definition around the author's states. */
export const definition = (StartAt: string, States: Record<string, unknown>) => ({
  Comment: JSON.stringify({ standdown: { name: 'test', description: 'a chain', input_schema: null } }),
  StartAt,
  States: {
    ...States,
    'Standdown commit': {
      Type: 'Task',
      Resource: COMMIT_ARN,
      Parameters: { standdown: { template: 'test', ...EXECUTION } },
      ResultPath: null,
      Retry: [...FIRST_RETRIES, ANY],
      Catch: [parked('Standdown parked')],
      End: true,
    },
    ...parking('Standdown parked'),
  },
})

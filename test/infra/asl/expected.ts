import type * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { type Author, COMMIT_ARN, STEP_ARN } from './render.ts'

/** A chain as its author writes it, and the whole definition that is deployed. */
export type ChainRow = { title: string; chain: (author: Author) => sfn.IChainable; expected: object }

const STOPPED = ['JobAborted', 'StepFenced']

/** Beside 39 others there is room for fewer attempts. */
export const AMONG_40 = { busy: 24, outOfTime: 60, notInvoked: 60 }
export const AMONG_36 = { busy: 26, outOfTime: 68, notInvoked: 66 }

type Attempts = { busy?: number; outOfTime?: number; notInvoked?: number }

/** Of every task that is marked, before its author's; a step alone may be tried so often. */
export const firstRetries = ({ busy = 40, outOfTime = 1_000, notInvoked = 144 }: Attempts = {}) => [
  { ErrorEquals: [...STOPPED, 'JobIdTaken'], MaxAttempts: 0 },
  {
    ErrorEquals: ['StepBusy'],
    IntervalSeconds: 5,
    BackoffRate: 1.2,
    MaxDelaySeconds: 60,
    MaxAttempts: busy,
  },
  { ErrorEquals: ['StepOutOfTime'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: outOfTime },
  {
    ErrorEquals: [
      'Lambda.ServiceException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.TooManyRequestsException',
    ],
    IntervalSeconds: 2,
    BackoffRate: 2,
    MaxDelaySeconds: 600,
    JitterStrategy: 'FULL',
    MaxAttempts: notInvoked,
  },
]
const TRANSIENT = {
  ErrorEquals: [
    'Lambda.AWSLambdaException',
    'Lambda.Unknown',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'Runtime.OutOfMemory',
  ],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 6,
}
const ANY = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  MaxAttempts: 60,
}
export const EXECUTION = {
  'job_execution_id.$': '$$.Execution.Name',
  'execution_arn.$': '$$.Execution.Id',
  'execution_started_at.$': '$$.Execution.StartTime',
}
const parked = (parking: string) => ({ ErrorEquals: STOPPED, ResultPath: null, Next: parking })

type StepOptions = {
  /** In the mark beside order: index, visit. */
  mark?: Record<string, unknown>
  parking?: string
  /** How often the step may be tried again, where others run beside it. */
  attempts?: Attempts
  authorsRetry?: object[]
  authorsCatch?: object[]
  /** The rest of the state: Next or End, ResultPath. */
  state: Record<string, unknown>
}

/** The whole state of a step, as it is deployed. */
export function step(name: string, order: number, options: StepOptions) {
  const { mark: more = {}, parking = 'Standdown parked', authorsCatch = [], state } = options
  const traits = { abortable: 'checkpoint', clean_up_after: 'lease', hooks: [] }
  const mark = { template: 'test', step: name, ...traits, order, ...EXECUTION, ...more }
  return {
    Type: 'Task',
    Resource: STEP_ARN,
    Parameters: { standdown: mark, 'input.$': '$' },
    Retry: [...firstRetries(options.attempts), ...(options.authorsRetry ?? [TRANSIENT])],
    Catch: [parked(parking), ...authorsCatch],
    ...state,
  }
}

type Named = { template: string; commitArn: string }

export const parking = (
  name: string,
  { template, commitArn }: Named = { template: 'test', commitArn: COMMIT_ARN },
) => ({
  [name]: { Type: 'Wait', Seconds: 60, Next: `${name}, asked` },
  [`${name}, asked`]: {
    Type: 'Task',
    Resource: commitArn,
    Parameters: { standdown: { template, ...EXECUTION, parked: true } },
    ResultPath: null,
    Retry: [
      { ErrorEquals: ['ParkedWithoutAbort'], MaxAttempts: 0 },
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 600,
        JitterStrategy: 'FULL',
        MaxAttempts: 20,
      },
    ],
    Next: `${name}, waiting`,
  },
  [`${name}, waiting`]: { Type: 'Wait', Seconds: 99_999_999, Next: `${name}, over` },
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
      Retry: [...firstRetries(), ANY],
      Catch: [parked('Standdown parked')],
      End: true,
    },
    ...parking('Standdown parked'),
  },
})

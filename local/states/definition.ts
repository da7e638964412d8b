/** The part of the Amazon States Language that runs here, as parsed JSON. */

export type Path = string | null

export type Retrier = {
  ErrorEquals: string[]
  IntervalSeconds?: number
  MaxAttempts?: number
  BackoffRate?: number
  MaxDelaySeconds?: number
  JitterStrategy?: 'FULL' | 'NONE'
}

export type Catcher = { ErrorEquals: string[]; Next: string; ResultPath?: Path }

export type ChoiceRule = { Next?: string; [operator: string]: unknown }

export type StateType = 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map'

export type State = {
  Type: StateType
  Next?: string
  End?: boolean
  InputPath?: Path
  OutputPath?: Path
  Parameters?: unknown
  ResultSelector?: unknown
  ResultPath?: Path
  Result?: unknown
  Retry?: Retrier[]
  Catch?: Catcher[]
  Resource?: string
  TimeoutSeconds?: number
  TimeoutSecondsPath?: string
  HeartbeatSeconds?: number
  HeartbeatSecondsPath?: string
  Choices?: ChoiceRule[]
  Default?: string
  Seconds?: number
  SecondsPath?: string
  Timestamp?: string
  TimestampPath?: string
  Error?: string
  ErrorPath?: string
  Cause?: string
  CausePath?: string
  Branches?: Body[]
  ItemProcessor?: Body
  Iterator?: Body
  ItemsPath?: string
  ItemSelector?: unknown
  MaxConcurrency?: number
  MaxConcurrencyPath?: string
}

/** A machine, a Parallel branch or a Map's processor. */
export type Body = {
  StartAt: string
  States: Record<string, State>
  TimeoutSeconds?: number
}

export type MachineDescription = {
  name: string
  arn: string
  definition: string
  type: 'STANDARD' | 'EXPRESS'
  roleArn: string
  loggingConfiguration?: unknown
  tracingConfiguration?: unknown
}

export type Machine = MachineDescription & { body: Body; createdAt: number }

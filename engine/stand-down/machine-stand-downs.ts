import { executionArnOf } from '#core/job/job.ts'
import { jsonText } from '#core/value.ts'
import type { Executions, StandDownInput, StandDowns } from '../ports.ts'

/** The stand-down's workflow as a state machine; an execution's name is used once in 90 days. */
export class MachineStandDowns implements StandDowns {
  private readonly executions: Executions
  private readonly arn: string

  constructor(executions: Executions, arn: string) {
    this.executions = executions
    this.arn = arn
  }

  start(name: string, input: StandDownInput): Promise<boolean> {
    return this.executions.start(this.arn, name, jsonText(input, { what: 'the input of a stand-down' }))
  }

  async hasEnded(name: string): Promise<boolean> {
    const found = await this.executions.describe(executionArnOf(this.arn, name))
    return found?.end != null
  }

  running(): Promise<string[]> {
    return this.executions.running(this.arn)
  }

  runs(stateMachineArn: string): boolean {
    return stateMachineArn === this.arn
  }

  async inputOf(executionArn: string): Promise<StandDownInput | undefined> {
    const found = await this.executions.describe(executionArn)
    return found && (JSON.parse(found.input) as StandDownInput)
  }
}

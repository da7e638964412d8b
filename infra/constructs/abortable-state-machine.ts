import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import { isDraft } from '../bundle/code.ts'
import { executionsOf } from './executions-of.ts'
import type { JobControl } from './job-control.ts'
import { versionOf } from './plain-task.ts'
import { connectHooks, permitCalls } from './step-access.ts'
import type { IStepFunction } from './step-function.ts'
import { refuseName } from './template-name.ts'

export type AttachProps = {
  control: JobControl
  /** By its name its jobs are listed and started: a-z, 0-9 and -. */
  template: { name: string; description: string }
  /**
   * The function, made by `defineHooks` under the template's name, whose `abort` frees what an execution that did not end
   * well left behind. @default none
   */
  abort?: IStepFunction
}

/**
 * A state machine that nobody changes: its executions, whoever starts them, are jobs that can be listed, watched and
 * aborted by force. Its definition and its role stay as they are.
 *
 * @example
 * AbortableStateMachine.attach(sfn.StateMachine.fromStateMachineName(this, 'Nightly', 'nightly-load'), {
 *   control,
 *   template: { name: 'nightly-load', description: 'Loads the day' },
 *   abort: new StepFunction(this, 'NightlyHooks', { entry: 'src/nightly-hooks.ts' }),
 * })
 */
export class AbortableStateMachine extends Construct {
  readonly stateMachine: sfn.IStateMachine

  private constructor(existing: sfn.IStateMachine, { control, template, abort }: AttachProps) {
    super(control, `Attached ${template.name}`)
    this.stateMachine = existing
    const { machines, events, standDown } = control
    const { name, description } = template
    const machine = existing.stateMachineArn
    const arns = { machine, executions: executionsOf(existing, machine) }
    machines.attach(name, arns, { description, ...(abort && { abort: versionOf(abort) }) })
    events.followExecutions(`Attached ${name}`, machine)
    if (!abort) return
    permitCalls(standDown.machine.role, abort)
    connectHooks(abort, control)
  }

  static attach(existing: sfn.IStateMachine, props: AttachProps): AbortableStateMachine {
    refuse(existing, props)
    return new AbortableStateMachine(existing, props)
  }
}

function refuse(existing: sfn.IStateMachine, { control, template: { name }, abort }: AttachProps): void {
  refuseName(name)
  if (existing instanceof sfn.StateMachine && existing.stateMachineType === sfn.StateMachineType.EXPRESS) {
    throw new Error(
      `the state machine of ${name} is EXPRESS: such an execution cannot be stopped, nor be listed`,
    )
  }
  if (!abort || isDraft(control)) return
  if (abort.step.name !== name) {
    throw new Error(
      `the abort of ${name} is the function of ${abort.step.name}: name it ${name} in defineHooks`,
    )
  }
  if (!abort.step.hooks?.includes('abort')) {
    throw new Error(`the function of ${name} has no abort: write it in defineHooks, or do not give it`)
  }
}

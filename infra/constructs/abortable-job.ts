import type { Duration } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { Construct } from 'constructs'
import * as z from 'zod'
import type { AbortMode } from '#core/job/job.ts'
import type { TemplateComment } from '#core/template.ts'
import { AbortableDefinitionBody } from './abortable-definition.ts'
import { arnFrom, refuseFar } from './by-name.ts'
import type { JobControl } from './job-control.ts'
import { nestExecutions } from './nested-executions.ts'
import { ObservedMachine } from './observed-machine.ts'
import { retain } from './retain.ts'
import { connect, permitCalls } from './step-access.ts'
import { Steps } from './steps.ts'
import { refuseName } from './template-name.ts'
import { permitVersions } from './versions.ts'

/** A kind of job, as its `template.ts` describes it. */
export type JobTemplate = {
  /** By which jobs are started: a-z, 0-9 and -. */
  name: string
  description: string
  /** Checks what a job is started with. @default any input is taken */
  input?: z.ZodType
  /** @default graceful and force */
  abortModes?: AbortMode[]
}

export type AbortableJobProps = {
  control: JobControl
  template: JobTemplate
  /** Any chain of Task, Parallel, Map, Choice and Wait; its steps are made by `steps`. */
  definition: (steps: Steps) => sfn.IChainable
  /** @default none but the year that Step Functions allows */
  timeout?: Duration | undefined
  /** Only STANDARD: an EXPRESS execution cannot be stopped. */
  stateMachineType?: sfn.StateMachineType
}

/**
 * A job template: a state machine of steps that can be aborted at any time.
 *
 * @example
 * new AbortableJob(this, 'Report', {
 *   control,
 *   template: { name: 'report', description: 'Collects figures and writes the report' },
 *   definition: (steps) => steps.task(collect).next(steps.task(write)),
 * })
 */
export class AbortableJob extends Construct {
  readonly stateMachine: sfn.StateMachine

  constructor(scope: Construct, id: string, props: AbortableJobProps) {
    super(scope, id)
    refuse(props)
    const { control, template, timeout } = props
    refuseFar(this, control)
    control.machines.add(template.name, template.abortModes)
    control.events.followEnds(control.machines.arnsOf(template.name).machine)
    const steps = new Steps(this)
    const chain = props.definition(steps)
    const context = {
      template: commentOf(template),
      commitArn: arnFrom(this, control.commit),
      externalArn: arnFrom(this, control.external),
    }
    this.stateMachine = new ObservedMachine(this, 'Machine', {
      stateMachineName: control.machines.nameOf(template.name),
      definitionBody: new AbortableDefinitionBody(chain, steps, context),
      ...(timeout ? { timeout } : {}),
    })
    retain(this)
    control.machines.made(template.name, this.stateMachine.stateMachineArn)
    for (const arn of steps.children) nestExecutions(control, template.name, arn)
    const { role } = this.stateMachine
    const external = steps.hasExternal ? [control.external] : []
    const invoked = [control.commit, ...external, ...steps.standIns]
    iam.Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: invoked.map((fn) => arnFrom(role, fn)),
    })
    permitStops(role, [...steps.stopRights])
    permitVersions(role, control)
    for (const fn of steps.functions) {
      permitCalls(role, fn)
      permitCalls(control.standDown.machine.role, fn)
      connect(fn, control, template.name)
    }
  }
}

function refuse({ template: { name }, stateMachineType }: AbortableJobProps): void {
  refuseName(name)
  if (stateMachineType === sfn.StateMachineType.EXPRESS) {
    throw new Error(`the job ${name} is EXPRESS: such an execution cannot be stopped; leave the type out`)
  }
}

const commentOf = ({ name, description, input, abortModes }: JobTemplate): TemplateComment => ({
  name,
  description,
  input_schema: input ? z.toJSONSchema(input, { io: 'input', target: 'draft-7' }) : null,
  ...(abortModes ? { abort_modes: abortModes } : {}),
})

/** The services know what they run by ids of their own, which no policy can name beforehand. */
function permitStops(grantee: iam.IRole, actions: string[]): void {
  if (actions.length > 0) iam.Grant.addToPrincipal({ grantee, actions, resourceArns: ['*'] })
}

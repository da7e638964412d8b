import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { ToldAttachment } from '#core/attached.ts'
import type { AbortMode } from '#core/job/job.ts'
import { functionArn } from './by-name.ts'
import { environmentFault } from './environment-room.ts'
import { functionNameOf } from './function-props.ts'
import { grant } from './grant.ts'
import { Nesting } from './nesting.ts'

const ON_MACHINE = ['StartExecution', 'ListExecutions', 'DescribeStateMachine'] as const
const ON_EXECUTION = ['StopExecution', 'DescribeExecution', 'DescribeStateMachineForExecution'] as const
export type MachineAction = (typeof ON_MACHINE)[number] | (typeof ON_EXECUTION)[number]

const isOnMachine = (action: MachineAction): boolean => ON_MACHINE.some((known) => known === action)

/** Ends the name of the state machine that stands jobs down. */
export const STAND_DOWN = 'stand-down'

/** The function that claims and ends external steps, and is called for each hook that nobody gave. */
export const EXTERNAL_ENTRY = 'functions/steps/external.ts'

/** Of a state machine, https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
const MAX_NAME = 80

export type MachineArns = { machine: string; executions: string }
type MachineGrant = { grantee: iam.IGrantable; actions: readonly MachineAction[] }

/**
 * The job templates' state machines. Their ARNs follow from their names, so that functions can know and be
 * permitted them before they exist, without a circle of references.
 */
export class Machines extends Construct {
  private readonly prefix: string
  private readonly templates = new Map<string, MachineArns>()
  private readonly abortModes = new Map<string, readonly AbortMode[]>()
  private readonly attachments = new Map<string, ToldAttachment>()
  private readonly granted: MachineGrant[] = []
  private readonly references = new Map<string, string>()
  private readonly nesting = new Nesting()

  constructor(scope: Construct, id: string, props: { prefix: string }) {
    super(scope, id)
    this.prefix = props.prefix
    this.node.addValidation({ validate: () => this.faults() })
  }

  private faults(): string[] {
    if (this.templates.size === 0) return ['there is no job template: add an AbortableJob']
    const told = Object.fromEntries(Object.entries(this.told()).map(([name, value]) => [name, value()]))
    const fault = environmentFault(told)
    return [...(fault ? [fault] : []), ...this.nesting.faults((arn) => this.templateOf(arn))]
  }

  nameOf(template: string): string {
    return `${this.prefix}-${template}`
  }

  arnsOf(template: string): MachineArns {
    const stack = Stack.of(this)
    const of = (resource: string, resourceName: string): string =>
      stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME })
    const name = this.nameOf(template)
    return { machine: of('stateMachine', name), executions: of('execution', `${name}:*`) }
  }

  /**
   * From here on every function granted something may do it to this template's machine as well. `abortModes`: those
   * in which its jobs can be aborted, where these are not all.
   */
  add(template: string, abortModes?: readonly AbortMode[]): void {
    this.refuseTaken(template)
    const name = this.nameOf(template)
    if (name.length > MAX_NAME) {
      throw new Error(
        `the state machine name ${name} is longer than ${MAX_NAME} characters: shorten the prefix`,
      )
    }
    this.templates.set(template, this.arnsOf(template))
    if (abortModes) this.abortModes.set(template, abortModes)
    for (const granted of this.granted) permit(onMachine(granted), this.arnsOf(template))
  }

  /** The same for a machine of somebody else's, whose executions have names of their own. */
  attach(template: string, arns: MachineArns, attachment: ToldAttachment): void {
    this.refuseTaken(template)
    this.templates.set(template, arns)
    this.attachments.set(template, attachment)
    for (const granted of this.granted) permit(granted, arns)
  }

  /** The machine of a template, as others reference it. */
  made(template: string, arn: string): void {
    this.references.set(arn, template)
  }

  /** Executions of `template` start one of this machine, and wait for it. */
  nest(template: string, childArn: string): void {
    this.nesting.add(template, childArn)
  }

  /** The template whose machine this is, by reference or by name. */
  templateOf(arn: string): string | undefined {
    const known = this.references.get(arn)
    if (known !== undefined) return known
    const written = (value: string): string => JSON.stringify(Stack.of(this).resolve(value))
    return [...this.templates].find(([, { machine }]) => written(machine) === written(arn))?.[0]
  }

  private refuseTaken(template: string): void {
    if (!this.templates.has(template) && template !== STAND_DOWN) return
    throw new Error(`the job template name ${template} is taken: name each once`)
  }

  /**
   * On the machines of all templates, also of those added later; never on others. What is done to executions may be
   * done to those of templates that were removed, too: their running jobs are still stood down.
   */
  grant(grantee: iam.IGrantable, ...actions: MachineAction[]): void {
    const granted = { grantee, actions }
    this.granted.push(granted)
    for (const [template, arns] of this.templates) {
      permit(this.attachments.has(template) ? granted : onMachine(granted), arns)
    }
    const onExecutions = actions.filter((action) => !isOnMachine(action))
    permit({ grantee, actions: onExecutions }, this.arnsOf('*'))
  }

  /** By the variable; each is known once all templates are. An ARN that follows from a name is not written out. */
  private told(): Record<string, () => object> {
    const arnOf = (name: string, { machine }: MachineArns): string | null =>
      this.attachments.has(name) ? machine : null
    return {
      TEMPLATES: () =>
        Object.fromEntries([...this.templates].map(([name, arns]) => [name, arnOf(name, arns)])),
      ABORT_MODES: () => Object.fromEntries(this.abortModes),
      ATTACHED: () => Object.fromEntries(this.attachments),
    }
  }

  /** Tells the function which templates there are, and their modes: an abort must not have to ask for them. */
  tell(fn: lambda.Function): void {
    const json = (produce: () => object): string =>
      Lazy.string({ produce: () => Stack.of(this).toJsonString(produce()) })
    for (const [name, value] of Object.entries(this.told())) fn.addEnvironment(name, json(value))
    fn.addEnvironment('OWN_MACHINES', this.arnsOf('').machine)
    fn.addEnvironment('EXTERNAL_FUNCTION', functionArn(this, functionNameOf(EXTERNAL_ENTRY, this.prefix)))
  }
}

const onMachine = ({ grantee, actions }: MachineGrant): MachineGrant => ({
  grantee,
  actions: actions.filter(isOnMachine),
})

/** `StopExecution` and the like on the machine with these ARNs. */
export function permit({ grantee, actions }: MachineGrant, arns: MachineArns): void {
  const of = (known: readonly MachineAction[]): string[] =>
    actions.filter((action) => known.includes(action)).map((action) => `states:${action}`)
  const onMachine = of(ON_MACHINE)
  const onExecutions = of(ON_EXECUTION)
  if (onMachine.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onMachine, resourceArns: [arns.machine] })
  }
  if (onExecutions.length > 0) {
    const wildcards =
      'Executions are named when a job starts: the wildcard is the name within one state machine'
    grant(grantee, { actions: onExecutions, arns: [arns.executions], wildcards })
  }
}

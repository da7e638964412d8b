import type { Template } from 'aws-cdk-lib/assertions'
import { type Template as JobTemplate, parseTemplate } from '#core/template.ts'

type Rendered = string | { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, Rendered[]] }

/** A template's value as text: `arn:<AWS::Partition>:states:...`. */
export function readable(value: Rendered): string {
  if (typeof value === 'string') return value
  if (value.Ref) return `<${value.Ref}>`
  if (value['Fn::GetAtt']) return `<${value['Fn::GetAtt'].join('.')}>`
  const [separator, parts] = value['Fn::Join'] ?? ['', []]
  return parts.map(readable).join(separator)
}

export type Statement = {
  policy: string
  roles: string[]
  actions: string[]
  resources: string[]
  conditions: Record<string, unknown>
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties have no types
export type Properties = Record<string, any>
export type Resource = { id: string; properties: Properties }

type PolicyStatement = {
  Action: string | string[]
  Resource: Rendered | Rendered[]
  Condition?: Record<string, unknown>
}

type State = { Type: string; Resource?: string; End?: boolean; Next?: string; [field: string]: unknown }
export type Machine = Resource & {
  name: string
  arn: string
  executions: string
  definition: { StartAt: string; States: Record<string, State> }
}

/** A machine that was made by an AbortableJob. */
export type Job = { machine: Machine; template: JobTemplate }

/** What a synthesized template deploys, read by its nouns. */
export class Deployed {
  readonly template: Template

  constructor(template: Template) {
    this.template = template
  }

  all(type: string): Resource[] {
    const found = Object.entries(this.template.findResources(type))
    return found.map(([id, { Properties }]) => ({ id, properties: Properties }))
  }

  get functions(): Resource[] {
    return this.all('AWS::Lambda::Function')
  }

  /** What all jobs share, made by the JobControl. */
  get productFunctions(): Resource[] {
    return this.functions.filter(({ id }) => id.startsWith('JobControl'))
  }

  functionNamed(name: string): Resource {
    const found = this.functions.find(({ properties }) => properties.FunctionName === name)
    if (!found) throw new Error(`there is no function ${name}`)
    return found
  }

  get machines(): Machine[] {
    return this.all('AWS::StepFunctions::StateMachine').map(({ id, properties }) => {
      const name: string = properties.StateMachineName
      const arn = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:${name}`
      const executions = `${arn.replace(':stateMachine:', ':execution:')}:*`
      const definition = JSON.parse(readable(properties.DefinitionString))
      return { id, properties, name, arn, executions, definition }
    })
  }

  /** The deployed job templates: every machine but that of the stand-down. */
  get jobs(): Job[] {
    return this.machines
      .filter(({ name }) => name !== 'standdown-stand-down')
      .map((machine) => ({
        machine,
        template: parseTemplate(machine.arn, readable(machine.properties.DefinitionString)),
      }))
  }

  /** Published versions of functions: a definition names them by their reference. */
  get versions(): Resource[] {
    return this.all('AWS::Lambda::Version')
  }

  /** The functions of the steps of one job template, or of all: their definitions call versions of them. */
  stepFunctions(jobs: Job[] = this.jobs): Resource[] {
    const called = new Set(jobs.flatMap(({ template }) => template.steps.map((step) => step.function_arn)))
    const versions = this.versions.filter(({ id }) => called.has(`<${id}>`))
    const arns = new Set(versions.map(({ properties }) => readable(properties.FunctionName)))
    return this.functions.filter(({ id }) => arns.has(`<${id}>`))
  }

  /** Every statement of every role's policy. */
  get statements(): Statement[] {
    return this.all('AWS::IAM::Policy').flatMap(({ id, properties }) =>
      properties.PolicyDocument.Statement.map(({ Action, Resource, Condition = {} }: PolicyStatement) => ({
        policy: id,
        roles: properties.Roles.map(readable),
        actions: [Action].flat(),
        resources: [Resource].flat().map(readable),
        conditions: Condition,
      })),
    )
  }

  /** What the role of a function or a state machine may do. */
  statementsOf({ properties }: Resource): Statement[] {
    const role = readable(properties.Role ?? properties.RoleArn).replace(/\.Arn>$/, '>')
    return this.statements.filter(({ roles }) => roles.includes(role))
  }

  /** `GetItem <Jobs.Arn>` for each action of a service that the role of a function or machine has. */
  allowed(resource: Resource, service: string): string[] {
    return this.statementsOf(resource)
      .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((arn) => [action, arn])))
      .filter(([action]) => action?.startsWith(service))
      .map(([action, arn]) => `${action?.slice(service.length)} ${arn}`)
      .sort()
  }
}

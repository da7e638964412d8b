import type { AttachedMachine } from '#core/attached.ts'
import { NotFoundError } from '#core/errors.ts'
import { ABORT_MODES, type AbortMode, type Job, stateMachineArnOf } from '#core/job/job.ts'
import type { Template } from '#core/template.ts'
import type { Templates } from '../ports.ts'

export class MemoryTemplates implements Templates {
  private readonly templates: Template[]

  constructor(templates: Template[]) {
    this.templates = templates
  }

  names(): string[] {
    return this.templates.map((template) => template.name)
  }

  abortModes(name: string): readonly AbortMode[] {
    return this.templates.find((template) => template.name === name)?.abort_modes ?? ABORT_MODES
  }

  machines(): string[] {
    return this.templates.map((template) => template.state_machine_arn)
  }

  attached(stateMachineArn: string): AttachedMachine | undefined {
    const found = this.templates.find((template) => template.state_machine_arn === stateMachineArn)
    if (!found?.attached) return undefined
    const { name, description, state_machine_arn, steps } = found
    const [{ hooks = [], function_arn: fn } = { function_arn: '' }] = steps
    return { name, description, state_machine_arn, hooks, functions: { abort: fn, revert: fn } }
  }

  async all(): Promise<Template[]> {
    return this.templates
  }

  async byName(name: string): Promise<Template> {
    const found = this.templates.find((template) => template.name === name)
    if (!found) throw new NotFoundError(`there is no job template ${name}`)
    return found
  }

  async ofJob(job: Job): Promise<Template | null> {
    return this.templates.find((template) => template.name === job.template) ?? null
  }

  async ofExecution(executionArn: string): Promise<Template | undefined> {
    const machine = stateMachineArnOf(executionArn)
    return this.templates.find((template) => template.state_machine_arn === machine)
  }
}

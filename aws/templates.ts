import {
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionDoesNotExist,
  type SFNClient,
} from '@aws-sdk/client-sfn'
import { type AttachedMachine, type Attachment, attachedTemplate } from '#core/attached.ts'
import { NotFoundError } from '#core/errors.ts'
import { ABORT_MODES, type AbortMode, type Job } from '#core/job/job.ts'
import { parseTemplate, type Template } from '#core/template.ts'
import type { Clock, Templates } from '#engine/ports.ts'
import { isMachineGone } from './machine-gone.ts'

const FRESH_MS = 60_000
const MAX_CACHED = 200

type Cached = { value: Template; until: number }
type Options = {
  client: SFNClient
  clock: Clock
  /** Template name to state machine ARN. */
  machines: Record<string, string>
  /** Of the templates that have not all of them. */
  abortModes: Record<string, readonly AbortMode[]>
  /** Of those whose machines were attached as they are. */
  attached: Record<string, Attachment>
}

/** An attached one its owner may delete at any time. */
const machineGone = (name: string, arn: string): NotFoundError =>
  new NotFoundError(
    `the state machine ${arn} of the job template ${name} does not exist: create it again, or take the template out of the deployment`,
  )

/** Templates are read from the deployed machines themselves, and kept for a minute in a warm environment. */
export class DeployedTemplates implements Templates {
  private readonly client: SFNClient
  private readonly clock: Clock
  private readonly byTemplate: Record<string, string>
  private readonly modes: Record<string, readonly AbortMode[]>
  private readonly attachments: Record<string, Attachment>
  private readonly cache = new Map<string, Cached>()

  constructor({ client, clock, machines, abortModes, attached }: Options) {
    this.client = client
    this.clock = clock
    this.byTemplate = machines
    this.modes = abortModes
    this.attachments = attached
  }

  names(): string[] {
    return Object.keys(this.byTemplate)
  }

  machines(): string[] {
    return Object.values(this.byTemplate)
  }

  attached(stateMachineArn: string): AttachedMachine | undefined {
    const found = Object.entries(this.attachments).find(([name]) => this.byTemplate[name] === stateMachineArn)
    return found && { name: found[0], state_machine_arn: stateMachineArn, ...found[1] }
  }

  abortModes(name: string): readonly AbortMode[] {
    return (Object.hasOwn(this.modes, name) ? this.modes[name] : undefined) ?? ABORT_MODES
  }

  async byName(name: string): Promise<Template> {
    const arn = Object.hasOwn(this.byTemplate, name) ? this.byTemplate[name] : undefined
    if (!arn) {
      const known = this.names().join(', ')
      throw new NotFoundError(`there is no job template ${JSON.stringify(name)}; there are: ${known}`)
    }
    return this.cached(arn, async () => {
      const command = new DescribeStateMachineCommand({ stateMachineArn: arn })
      const found = await this.client.send(command).catch((error: unknown) => {
        throw isMachineGone(error) ? machineGone(name, arn) : error
      })
      return this.parse(arn, found.definition ?? '{}')
    })
  }

  async all(): Promise<Template[]> {
    const ofNobody = (error: unknown): null => {
      if (error instanceof NotFoundError) return null
      throw error
    }
    const found = await Promise.all(this.names().map((name) => this.byName(name).catch(ofNobody)))
    return found.filter((template) => template !== null)
  }

  ofJob(job: Job): Promise<Template | null> {
    return this.read(job.execution_arn).catch(() => this.byName(job.template).catch(() => null))
  }

  ofExecution(executionArn: string): Promise<Template | undefined> {
    return this.read(executionArn).catch((error: unknown) => {
      if (error instanceof ExecutionDoesNotExist) return undefined
      throw error
    })
  }

  private read(executionArn: string): Promise<Template> {
    return this.cached(executionArn, async () => {
      const command = new DescribeStateMachineForExecutionCommand({ executionArn })
      const found = await this.client.send(command)
      return this.parse(found.stateMachineArn ?? '', found.definition ?? '{}')
    })
  }

  private parse(arn: string, definition: string): Template {
    const machine = this.attached(arn)
    return machine ? attachedTemplate(machine, definition) : parseTemplate(arn, definition)
  }

  private async cached(key: string, read: () => Promise<Template>): Promise<Template> {
    const found = this.cache.get(key)
    if (found && found.until > this.clock.now()) return found.value
    const value = await read()
    if (this.cache.size >= MAX_CACHED) this.cache.delete(this.cache.keys().next().value!)
    this.cache.set(key, { value, until: this.clock.now() + FRESH_MS })
    return value
  }
}

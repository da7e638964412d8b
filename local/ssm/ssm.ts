import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AwsError, type AwsJsonService } from '#local/types.ts'
import { commandAnswer, invocationAnswer, outputAnswer } from './answers.ts'
import { BUILT_IN, type DocumentContent, withDefaults } from './documents.ts'
import { listed } from './listing.ts'
import { createNodeTags, type NodeTags } from './node-tags.ts'
import { type CommandRecord, type InvocationRecord, isOpen } from './record.ts'
import { type Input, invalid, needed, readSend, text } from './requests.ts'
import { runCommand } from './run-command.ts'
import { type CommandStore, endCutOff, openCommandStore } from './store.ts'

export type SsmOptions = {
  dataDir: string
  awsUrl: string
  /** Whether commands are run on this machine, as shell scripts of its user. @default they are refused */
  runCommands?: boolean
  /** What the caller calls that switch, so that a refusal can name it. @default runCommands */
  setting?: string
  log(line: string): void
}

export type Ssm = { handle: AwsJsonService; close(): void }

/** Run Command of Systems Manager: every managed node that a command names is this machine. */
export function createSsm(options: SsmOptions): Ssm {
  const store = openCommandStore(join(options.dataDir, 'ssm', 'commands'), Date.now())
  const tags = createNodeTags(join(options.dataDir, 'ssm', 'tags.json'))
  const service = new RunCommandService(options, store, tags)
  return { handle: (operation, input) => service.handle(operation, input), close: () => service.close() }
}

class RunCommandService {
  private readonly options: SsmOptions
  private readonly store: CommandStore
  private readonly tags: NodeTags
  /** Of the commands that run, by node. */
  private readonly running = new Map<string, Map<string, AbortController>>()
  private readonly operations: Record<string, (input: Input) => object> = {
    SendCommand: (input) => this.send(input),
    CancelCommand: (input) => this.cancel(input),
    ListCommands: (input) => this.listCommands(input),
    ListCommandInvocations: (input) => this.listInvocations(input),
    GetCommandInvocation: (input) => this.getInvocation(input),
    DescribeDocument: (input) => this.describeDocument(input),
    AddTagsToResource: (input) => this.addTags(input),
  }
  private isClosing = false

  constructor(options: SsmOptions, store: CommandStore, tags: NodeTags) {
    this.options = options
    this.store = store
    this.tags = tags
  }

  async handle(operation: string, input: Input): Promise<object> {
    const run = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined
    if (run) return run(input)
    const names = Object.keys(this.operations).join(', ')
    throw new AwsError('UnknownOperationException', `${operation} is not run locally; there is ${names}`)
  }

  /** Scripts die with this process; here they end before it does. */
  close(): void {
    this.isClosing = true
    for (const [id, cancels] of this.running) {
      for (const cancel of cancels.values()) cancel.abort()
      this.store.save(endCutOff(this.store.get(id)!, Date.now()))
    }
  }

  private send(input: Input): object {
    this.refuseUnlessOn()
    const request = readSend(input)
    const content = contentOf(request.document)
    const values = withDefaults(content, request.parameters)
    const nodes = request.instanceIds.length > 0 ? request.instanceIds : this.tags.nodesOf(request.targets)
    const pending = { status: 'Pending', details: 'Pending' }
    const command: CommandRecord = {
      id: randomUUID(),
      ...request,
      requestedAt: Date.now(),
      isCancelled: false,
      invocations: nodes.map((node) => ({ node, ...pending, plugins: [] })),
    }
    this.store.save(command)
    const answer = { Command: commandAnswer(command) }
    void this.run(command, content, values).catch((error: Error) => this.giveUp(command, error))
    return answer
  }

  private refuseUnlessOn(): void {
    const { runCommands = false, setting = 'runCommands' } = this.options
    if (runCommands) return
    throw new AwsError(
      'AccessDeniedException',
      `commands would run as shell scripts on this machine, which is off: switch it on by ${setting}`,
    )
  }

  private async run(
    command: CommandRecord,
    content: DocumentContent,
    values: Record<string, string[]>,
  ): Promise<void> {
    const { dataDir, awsUrl } = this.options
    const cancels = new Map(command.invocations.map(({ node }) => [node, new AbortController()]))
    this.running.set(command.id, cancels)
    const directory = join(dataDir, 'ssm', 'run', command.id)
    const save = (): void => {
      if (!this.isClosing) this.store.save(command)
    }
    await runCommand({ command, content, values, directory, awsUrl, cancels, save })
    this.running.delete(command.id)
  }

  /** The disk is full, or the like: what was not run has failed, so that nobody waits for it. */
  private giveUp(command: CommandRecord, error: Error): void {
    this.running.delete(command.id)
    endCutOff(command, Date.now())
    this.options.log(`the command ${command.id} could not be run to its end: ${error.message}`)
  }

  private cancel(input: Input): object {
    const command = this.find(input)
    const nodes = (input.InstanceIds ?? []) as string[]
    const cancels = this.running.get(command.id)
    for (const invocation of command.invocations.filter(isOpen)) {
      if (nodes.length > 0 && !nodes.includes(invocation.node)) continue
      if (invocation.status === 'InProgress') {
        Object.assign(invocation, { status: 'Cancelling', details: 'Cancelling' })
      }
      command.isCancelled = true
      cancels?.get(invocation.node)?.abort()
    }
    this.store.save(command)
    return {}
  }

  private listCommands(input: Input): object {
    const commands = text(input, 'CommandId') ? [this.find(input)] : this.store.all()
    const { items, NextToken } = listed(commands, input)
    return { Commands: items.map(commandAnswer), NextToken }
  }

  private listInvocations(input: Input): object {
    const commands = text(input, 'CommandId') ? [this.find(input)] : this.store.all()
    const node = text(input, 'InstanceId')
    const found = commands.flatMap((command) =>
      command.invocations
        .filter((each) => node === undefined || each.node === node)
        .map((invocation) => ({ ...command, invocation })),
    )
    const { items, NextToken } = listed(found, input)
    const answers = items.map((item) => invocationAnswer(item, item.invocation, input.Details === true))
    return { CommandInvocations: answers, NextToken }
  }

  private getInvocation(input: Input): object {
    const command = this.find(input)
    const node = needed(input, 'InstanceId')
    const invocation = command.invocations.find((each) => each.node === node)
    if (!invocation) throw new AwsError('InvocationDoesNotExist', '')
    return outputAnswer(command, invocation, pluginOf(invocation, text(input, 'PluginName')))
  }

  private describeDocument(input: Input): object {
    const name = needed(input, 'Name').split(':document/').at(-1)!
    const { parameters = {}, schemaVersion, description } = contentOf(name)
    const Parameters = Object.entries(parameters).map(([Name, { type, default: value }]) => ({
      Name,
      Type: type,
      ...(value === undefined ? {} : { DefaultValue: [value].flat().join(',') }),
    }))
    const about = { Name: name, DocumentType: 'Command', SchemaVersion: schemaVersion, Status: 'Active' }
    return { Document: { ...about, Description: description, Parameters, DefaultVersion: '1' } }
  }

  private addTags(input: Input): object {
    const added = (input.Tags ?? []) as { Key: string; Value: string }[]
    this.tags.add(needed(input, 'ResourceId'), added)
    return {}
  }

  private find(input: Input): CommandRecord {
    const id = needed(input, 'CommandId')
    const command = this.store.get(id)
    if (command) return command
    throw new AwsError('InvalidCommandId', `there is no command ${id}`)
  }
}

function contentOf(name: string): DocumentContent {
  if (Object.hasOwn(BUILT_IN, name)) return BUILT_IN[name]!
  const names = Object.keys(BUILT_IN).join(', ')
  throw new AwsError('InvalidDocument', `there is no document ${name} here; there is ${names}`)
}

/** Of several steps the one that is asked for; the name of the only one may be left out. */
function pluginOf({ plugins }: InvocationRecord, name: string | undefined) {
  if (name === undefined && plugins.length > 1)
    throw invalid('PluginName is missing: the document has several steps')
  const found = name === undefined ? plugins[0] : plugins.find((plugin) => plugin.name === name)
  if (name !== undefined && !found) throw new AwsError('InvalidPluginName', `there is no step ${name}`)
  return found
}

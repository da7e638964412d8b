import {
  CancelCommandCommand,
  type Command,
  DescribeDocumentCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm'
import {
  type CommandRequest,
  type CommandState,
  type Commands,
  type Invocation,
  type Output,
  SendUnanswered,
} from './commands.ts'
import { isUndone, namedFault } from './faults.ts'
import { isCutByService, shownPlugin } from './plugins.ts'

const PAGE = 50
/** Also of a command that was just sent, and is not known everywhere yet. */
const NOT_KNOWN_YET = 'InvalidCommandId'
/** The names under which documents take the time that they may run, the usual one first. */
const TIMEOUT_PARAMETERS = ['executionTimeout', 'TimeoutSeconds']

/**
 * Without the SDK's own retries: of SendCommand, which knows no token, they would run a playbook twice; of the
 * others the step's own pauses are the back-off.
 */
export const clientConfig = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    socketTimeout: 10_000,
    throwOnRequestTimeout: true,
  },
} satisfies SSMClientConfig

/** Run Command of AWS Systems Manager. */
export class SsmCommands implements Commands {
  private readonly client: SSMClient

  constructor(client = new SSMClient(clientConfig)) {
    this.client = client
  }

  async send({ document, parameters, targets, deliverySeconds, comment }: CommandRequest): Promise<string> {
    const command = new SendCommandCommand({
      DocumentName: document,
      Parameters: parameters,
      ...('instanceIds' in targets ? { InstanceIds: targets.instanceIds } : { Targets: targets.targets }),
      TimeoutSeconds: deliverySeconds,
      Comment: comment,
      // The default 0 would leave out targets after the first that fails.
      MaxErrors: '100%',
    })
    try {
      const { Command } = await this.client.send(command)
      if (Command?.CommandId) return Command.CommandId
      throw new SendUnanswered('SendCommand answered without a command')
    } catch (error) {
      const fault = namedFault('SendCommand', error)
      if (fault.name === 'PlaybookRefused' || isUndone(error as Error)) throw fault
      throw new SendUnanswered(fault.message, { cause: error })
    }
  }

  async find(commentStart: string, since: Date, signal: AbortSignal): Promise<CommandState[]> {
    const Filters = [{ key: 'InvokedAfter' as const, value: `${since.toISOString().slice(0, 19)}Z` }]
    const found: Command[] = []
    let NextToken: string | undefined
    do {
      const page = await this.call('ListCommands', () =>
        this.client.send(new ListCommandsCommand({ Filters, MaxResults: PAGE, NextToken }), {
          abortSignal: signal,
        }),
      )
      found.push(...(page.Commands ?? []).filter(({ Comment }) => Comment?.startsWith(commentStart)))
      NextToken = page.NextToken || undefined
    } while (NextToken)
    return found.map(stateOf)
  }

  async state(CommandId: string, abortSignal: AbortSignal): Promise<CommandState | undefined> {
    const command = new ListCommandsCommand({ CommandId })
    const page = await this.callUnless(NOT_KNOWN_YET, 'ListCommands', () =>
      this.client.send(command, { abortSignal }),
    )
    const first = page?.Commands?.[0]
    return first && stateOf(first)
  }

  async invocations(CommandId: string, abortSignal: AbortSignal): Promise<Invocation[]> {
    const found: Invocation[] = []
    let NextToken: string | undefined
    do {
      const command = new ListCommandInvocationsCommand({ CommandId, MaxResults: PAGE, NextToken })
      const page = await this.callUnless(NOT_KNOWN_YET, 'ListCommandInvocations', () =>
        this.client.send(command, { abortSignal }),
      )
      for (const { InstanceId = '', Status = 'Pending', StatusDetails } of page?.CommandInvocations ?? []) {
        found.push({ target: InstanceId, status: Status, details: StatusDetails || Status })
      }
      NextToken = page?.NextToken || undefined
    } while (NextToken)
    return found
  }

  async output(CommandId: string, InstanceId: string, abortSignal: AbortSignal): Promise<Output | null> {
    const listing = new ListCommandInvocationsCommand({ CommandId, InstanceId, Details: true })
    const { CommandInvocations = [] } = await this.call('ListCommandInvocations', () =>
      this.client.send(listing, { abortSignal }),
    )
    const PluginName = shownPlugin(CommandInvocations[0]?.CommandPlugins ?? [])?.Name
    const getting = new GetCommandInvocationCommand({
      CommandId,
      InstanceId,
      ...(PluginName && { PluginName }),
    })
    const found = await this.callUnless('InvocationDoesNotExist', 'GetCommandInvocation', () =>
      this.client.send(getting, { abortSignal }),
    )
    if (!found) return null
    const { ResponseCode = -1, StandardOutputContent: stdout = '', StandardErrorContent: stderr = '' } = found
    return { exitCode: ResponseCode < 0 ? null : ResponseCode, stdout, stderr, isCut: isCutByService(found) }
  }

  async cancel(CommandId: string, abortSignal?: AbortSignal): Promise<void> {
    const command = new CancelCommandCommand({ CommandId })
    await this.callUnless(NOT_KNOWN_YET, 'CancelCommand', () =>
      this.client.send(command, abortSignal ? { abortSignal } : {}),
    )
  }

  async timeoutParameter(Name: string, abortSignal: AbortSignal): Promise<string | null> {
    const command = new DescribeDocumentCommand({ Name })
    const { Document } = await this.call('DescribeDocument', () => this.client.send(command, { abortSignal }))
    const names = (Document?.Parameters ?? []).map((parameter) => parameter.Name)
    return TIMEOUT_PARAMETERS.find((name) => names.includes(name)) ?? null
  }

  /** Undefined in place of the error of that name. */
  private async callUnless<Answer>(
    unless: string,
    name: string,
    send: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      return await send()
    } catch (error) {
      if ((error as Error).name === unless) return undefined
      throw namedFault(name, error)
    }
  }

  private async call<Answer>(name: string, send: () => Promise<Answer>): Promise<Answer> {
    try {
      return await send()
    } catch (error) {
      throw namedFault(name, error)
    }
  }
}

const stateOf = (command: Command): CommandState => ({
  id: command.CommandId ?? '',
  status: command.Status ?? 'Pending',
  details: command.StatusDetails || (command.Status ?? 'Pending'),
  targets: command.TargetCount ?? 0,
  completed: command.CompletedCount ?? 0,
})

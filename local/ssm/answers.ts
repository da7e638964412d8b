import { type CommandRecord, type InvocationRecord, isOpen, type PluginRecord, statusOf } from './record.ts'

// The shapes of the wire. Output is shown as AWS does: nothing until it has ended, and only the beginning of it.

const MAX_OUTPUT = 2_500
const MAX_STDOUT = 24_000
const MAX_STDERR = 8_000

const seconds = (ms: number | null): number | undefined => (ms === null ? undefined : ms / 1_000)

export function commandAnswer(command: CommandRecord): object {
  const { invocations, isCancelled, requestedAt, timeoutSeconds } = command
  const [status, details] = statusOf(command)
  const count = (test: (invocation: InvocationRecord) => boolean): number => invocations.filter(test).length
  return {
    CommandId: command.id,
    DocumentName: command.document,
    DocumentVersion: '$DEFAULT',
    Comment: command.comment,
    ExpiresAfter: seconds(requestedAt + timeoutSeconds * 1_000),
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: seconds(requestedAt),
    Status: status,
    StatusDetails: details,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    TargetCount: invocations.length,
    CompletedCount: count((each) => !isOpen(each)),
    ErrorCount: isCancelled ? 0 : count(({ status: own }) => own === 'Failed' || own === 'TimedOut'),
    DeliveryTimedOutCount: 0,
    TimeoutSeconds: timeoutSeconds,
  }
}

const common = ({ id, document, comment }: CommandRecord, { node, status, details }: InvocationRecord) => ({
  CommandId: id,
  InstanceId: node,
  Comment: comment,
  DocumentName: document,
  DocumentVersion: '$DEFAULT',
  Status: status,
  StatusDetails: details,
})

export const invocationAnswer = (
  command: CommandRecord,
  invocation: InvocationRecord,
  withDetails: boolean,
): object => ({
  ...common(command, invocation),
  InstanceName: invocation.node,
  RequestedDateTime: seconds(command.requestedAt),
  CommandPlugins: withDetails ? invocation.plugins.map(pluginAnswer) : [],
})

const pluginAnswer = (plugin: PluginRecord): object => ({
  Name: plugin.name,
  Status: plugin.status,
  StatusDetails: plugin.details,
  ResponseCode: plugin.code,
  ResponseStartDateTime: seconds(plugin.startedAt),
  ResponseFinishDateTime: seconds(plugin.endedAt),
  Output: isOpen(plugin) ? '' : (plugin.stdout + plugin.stderr).slice(0, MAX_OUTPUT),
})

export const outputAnswer = (
  command: CommandRecord,
  invocation: InvocationRecord,
  plugin: PluginRecord | undefined,
): object => ({
  ...common(command, invocation),
  PluginName: plugin?.name ?? '',
  ResponseCode: plugin?.code ?? -1,
  ExecutionStartDateTime: iso(plugin?.startedAt),
  ExecutionElapsedTime:
    plugin?.startedAt && plugin.endedAt ? `PT${(plugin.endedAt - plugin.startedAt) / 1_000}S` : '',
  ExecutionEndDateTime: iso(plugin?.endedAt),
  StandardOutputContent: plugin && !isOpen(plugin) ? plugin.stdout.slice(0, MAX_STDOUT) : '',
  StandardErrorContent: plugin && !isOpen(plugin) ? plugin.stderr.slice(0, MAX_STDERR) : '',
})

const iso = (ms: number | null | undefined): string => (ms ? new Date(ms).toISOString() : '')

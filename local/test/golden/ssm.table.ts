import { expect } from 'vitest'
import { NODE, type startSsm } from '../ssm/start.ts'
import type { GoldenRow } from './golden.ts'

const API = 'https://docs.aws.amazon.com/systems-manager/latest/APIReference'
const GUIDE = 'https://docs.aws.amazon.com/systems-manager/latest/userguide'

type Ssm = ReturnType<typeof startSsm>
type Refusal = [what: string, operation: string, input: Record<string, unknown>, code: string]

const SCRIPT = { DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['true'] } }
const SOME = { ...SCRIPT, InstanceIds: [NODE] }
const IDS = Array.from({ length: 51 }, (_, i) => `i-node${String(i).padStart(4, '0')}`)
const NONE = '00000000-0000-0000-0000-000000000000'

const refusals: Refusal[] = [
  ['of no target', 'SendCommand', SCRIPT, 'ValidationException'],
  ['of 51 instances', 'SendCommand', { ...SCRIPT, InstanceIds: IDS }, 'ValidationException'],
  ['of what is no instance', 'SendCommand', { ...SCRIPT, InstanceIds: ['leaf'] }, 'InvalidInstanceId'],
  ['of one instance twice', 'SendCommand', { ...SCRIPT, InstanceIds: [NODE, NODE] }, 'DuplicateInstanceId'],
  ['of no document', 'SendCommand', { ...SOME, DocumentName: 'Nothing' }, 'InvalidDocument'],
  ['without what the document needs', 'SendCommand', { ...SOME, Parameters: {} }, 'InvalidParameters'],
  [
    'with a parameter that it does not know',
    'SendCommand',
    { ...SOME, Parameters: { commands: ['true'], all: ['1'] } },
    'InvalidParameters',
  ],
  ['to be delivered in 29 seconds', 'SendCommand', { ...SOME, TimeoutSeconds: 29 }, 'ValidationException'],
  ['with a long comment', 'SendCommand', { ...SOME, Comment: 'x'.repeat(101) }, 'ValidationException'],
  ['of a command that is not there', 'CancelCommand', { CommandId: NONE }, 'InvalidCommandId'],
  ['of a command that is not there', 'ListCommands', { CommandId: NONE }, 'InvalidCommandId'],
]

const refused = ([what, operation, input, code]: Refusal): GoldenRow<Ssm> => ({
  behaviour: `${operation} ${what} is ${code}, and nothing runs`,
  source: `${API}/API_${operation}.html`,
  async check({ call }) {
    await expect(call(operation, input)).rejects.toMatchObject({ code })
    expect((await call('ListCommands')).Commands).toEqual([])
  },
})

/** Run Command, with scripts that run on this machine. */
export const SSM: GoldenRow<Ssm>[] = [
  {
    behaviour: 'a script that ends with 0 is Success, with its output, and its times',
    source: `${API}/API_GetCommandInvocation.html`,
    async check({ send, ended, output }) {
      const id = await send(['echo "on $AWS_SSM_INSTANCE_ID"', 'echo loud >&2'], { Comment: 'greeting' })
      expect(await ended(id)).toMatchObject({ Status: 'Success', TargetCount: 1, CompletedCount: 1 })
      const found = await output(id)
      const text = { StandardOutputContent: `on ${NODE}\n`, StandardErrorContent: 'loud\n' }
      expect(found).toMatchObject({ Status: 'Success', ResponseCode: 0, Comment: 'greeting', ...text })
      expect(found.ExecutionStartDateTime).toMatch(/^\d{4}-.*Z$/)
    },
  },
  {
    behaviour: 'a script that ends with another code is Failed, and so is its command',
    source: `${GUIDE}/monitor-commands.html`,
    async check({ send, ended, output }) {
      const id = await send(['exit 7'])
      expect(await ended(id)).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', ErrorCount: 1 })
      expect(await output(id)).toMatchObject({ Status: 'Failed', ResponseCode: 7 })
    },
  },
  {
    behaviour: 'while a script runs it is InProgress, with the code -1 and no output',
    source: `${API}/API_GetCommandInvocation.html`,
    async check({ send, running, output, call }) {
      const id = await send(['echo early; sleep 60'])
      await running(id)
      expect(await output(id)).toMatchObject({
        Status: 'InProgress',
        ResponseCode: -1,
        StandardOutputContent: '',
      })
      await call('CancelCommand', { CommandId: id })
    },
  },
  {
    behaviour: 'a script longer than executionTimeout is TimedOut, ExecutionTimedOut',
    source: `${GUIDE}/monitor-commands.html#monitor-about-status-timeouts`,
    async check({ send, ended }) {
      const id = await send(['sleep 60'], { Parameters: { commands: ['sleep 60'], executionTimeout: ['1'] } })
      expect(await ended(id)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'ExecutionTimedOut' })
    },
  },
  {
    behaviour: 'a cancelled command ends Cancelled, and cancelling it again changes nothing',
    source: `${API}/API_CancelCommand.html`,
    async check({ send, running, ended, call }) {
      const CommandId = await send(['sleep 60'])
      await running(CommandId)
      expect(await call('CancelCommand', { CommandId })).toEqual({})
      const cancelled = { Status: 'Cancelled', StatusDetails: 'Cancelled' }
      expect(await ended(CommandId)).toMatchObject(cancelled)
      expect(await call('CancelCommand', { CommandId })).toEqual({})
      const { CommandInvocations } = await call('ListCommandInvocations', { CommandId })
      expect(CommandInvocations).toMatchObject([cancelled])
    },
  },
  {
    behaviour: 'cancelling a command that has ended leaves it as it ended',
    source: `${API}/API_CancelCommand.html`,
    async check({ send, ended, call, command }) {
      const CommandId = await send(['true'])
      await ended(CommandId)
      await call('CancelCommand', { CommandId })
      expect(await command(CommandId)).toMatchObject({ Status: 'Success' })
    },
  },
  {
    behaviour: 'after more errors than MaxErrors the rest is Terminated',
    source: `${GUIDE}/send-commands-multiple.html`,
    async check({ send, ended, call }) {
      const InstanceIds = IDS.slice(0, 3)
      const id = await send(['exit 1'], { InstanceIds, MaxConcurrency: '1', MaxErrors: '0' })
      await ended(id)
      const { CommandInvocations } = await call('ListCommandInvocations', { CommandId: id })
      const details = CommandInvocations.map(({ StatusDetails }) => StatusDetails)
      expect(details).toEqual(['Failed', 'Terminated', 'Terminated'])
    },
  },
  {
    behaviour: 'errors within MaxErrors leave the command Incomplete',
    source: `${GUIDE}/monitor-commands.html`,
    async check({ send, ended }) {
      const more = { InstanceIds: IDS.slice(0, 2), MaxErrors: '100%' }
      const id = await send([`test "$AWS_SSM_INSTANCE_ID" = ${IDS[0]}`], more)
      expect(await ended(id)).toMatchObject({
        StatusDetails: 'Incomplete',
        TargetCount: 2,
        CompletedCount: 2,
      })
    },
  },
  {
    behaviour: 'a tag reaches the nodes that have it',
    source: `${API}/API_Target.html`,
    async check({ send, call, ended }) {
      const Tags = [{ Key: 'role', Value: 'leaf' }]
      await call('AddTagsToResource', { ResourceType: 'ManagedInstance', ResourceId: NODE, Tags })
      const Targets = [{ Key: 'tag:role', Values: ['leaf', 'spine'] }]
      const id = await send(['true'], { InstanceIds: [], Targets })
      expect(await ended(id)).toMatchObject({ Status: 'Success', TargetCount: 1 })
    },
  },
  {
    behaviour: 'a tag that no node has matches none, and the command is NoInstancesInTag',
    source: `${GUIDE}/monitor-commands.html`,
    async check({ send, ended }) {
      const id = await send(['true'], { InstanceIds: [], Targets: [{ Key: 'tag:role', Values: ['x'] }] })
      expect(await ended(id)).toMatchObject({ StatusDetails: 'NoInstancesInTag', TargetCount: 0 })
    },
  },
  {
    behaviour: 'lists come newest first, in pages, and by the time of their call',
    source: `${API}/API_ListCommands.html`,
    async check({ send, call }) {
      const ids = [await send(['true']), await send(['true']), await send(['true'])]
      const first = await call('ListCommands', { MaxResults: 2 })
      const second = await call('ListCommands', { MaxResults: 2, NextToken: first.NextToken })
      const found = [...first.Commands, ...second.Commands].map(({ CommandId }) => CommandId)
      expect(found.toSorted()).toEqual(ids.toSorted())
      expect(second.NextToken).toBe('')
      const later = [{ key: 'InvokedAfter', value: '2100-01-01T00:00:00Z' }]
      expect((await call('ListCommands', { Filters: later })).Commands).toEqual([])
    },
  },
  {
    behaviour: 'of its plugins a list shows the first 2,500 characters, GetCommandInvocation 24,000',
    source: `${API}/API_CommandPlugin.html`,
    async check({ send, ended, call, output }) {
      const CommandId = await send(['head -c 100000 /dev/zero | tr "\\0" x'])
      await ended(CommandId)
      const { CommandInvocations } = await call('ListCommandInvocations', { CommandId, Details: true })
      expect(CommandInvocations[0]?.CommandPlugins[0]?.Output).toHaveLength(2_500)
      expect((await output(CommandId)).StandardOutputContent).toHaveLength(24_000)
    },
  },
  {
    behaviour: 'of a document of several steps GetCommandInvocation has to be told which one',
    source: `${API}/API_GetCommandInvocation.html`,
    async check({ send, ended, output }) {
      const id = await send([], { DocumentName: 'AWS-ApplyAnsiblePlaybooks', Parameters: {} })
      await ended(id)
      await expect(output(id)).rejects.toMatchObject({ code: 'ValidationException' })
      expect(await output(id, NODE, { PluginName: 'downloadContent' })).toMatchObject({ ResponseCode: 0 })
    },
  },
  {
    behaviour: 'a document tells its parameters, among them the time that it may run',
    source: `${API}/API_DescribeDocument.html`,
    async check({ call }) {
      const namesOf = async (Name: string) => {
        const { Document } = (await call('DescribeDocument', { Name })) as unknown as {
          Document: { Parameters: { Name: string }[] }
        }
        return Document.Parameters.map((parameter) => parameter.Name)
      }
      expect(await namesOf('AWS-RunShellScript')).toContain('executionTimeout')
      expect(await namesOf('AWS-ApplyAnsiblePlaybooks')).toContain('TimeoutSeconds')
    },
  },
  {
    behaviour: 'an invocation that a command does not have does not exist',
    source: `${API}/API_GetCommandInvocation.html`,
    async check({ send, output }) {
      const id = await send(['true'])
      await expect(output(id, IDS[0])).rejects.toMatchObject({ code: 'InvocationDoesNotExist' })
    },
  },
  ...refusals.map(refused),
]

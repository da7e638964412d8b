import { onTestFinished } from 'vitest'
import { createSsm, type SsmOptions } from '#local/ssm/ssm.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'
import { eventually } from '../fixtures/eventually.ts'

export const NODE = 'i-leaf0001'
export type Told = Record<string, unknown> & { Status: string; StatusDetails: string }
type Answers = {
  Command: Told & { CommandId: string }
  Commands: (Told & { CommandId: string })[]
  CommandInvocations: (Told & { InstanceId: string; CommandPlugins: Told[] })[]
  NextToken: string
}

/** Run Command of a folder, switched on. */
export function startSsm(options: Partial<SsmOptions> = {}) {
  const dataDir = options.dataDir ?? temporaryFolder()
  const ssm = createSsm({
    dataDir,
    awsUrl: 'http://127.0.0.1:9',
    runCommands: true,
    log: () => undefined,
    ...options,
  })
  onTestFinished(() => ssm.close())
  const call = async (operation: string, input: object = {}): Promise<Answers & Told> =>
    (await ssm.handle(operation, input as Record<string, unknown>)) as Answers & Told
  const send = async (commands: string[], more: object = {}): Promise<string> => {
    const input = {
      DocumentName: 'AWS-RunShellScript',
      Parameters: { commands },
      InstanceIds: [NODE],
      ...more,
    }
    return (await call('SendCommand', input)).Command.CommandId
  }
  const command = async (CommandId: string) => (await call('ListCommands', { CommandId })).Commands[0]!
  const output = (CommandId: string, InstanceId = NODE, more: object = {}) =>
    call('GetCommandInvocation', { CommandId, InstanceId, ...more })
  const ended = (id: string) =>
    eventually(async () => {
      const found = await command(id)
      if (['Pending', 'InProgress', 'Cancelling'].includes(found.Status)) throw new Error(found.Status)
      return found
    })
  const running = (id: string) =>
    eventually(async () => {
      if ((await command(id)).Status !== 'InProgress') throw new Error('not yet')
    })
  return { ...ssm, dataDir, call, send, command, output, ended, running }
}

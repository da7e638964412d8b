import { expect, test } from 'vitest'
import { startSsmServer } from './ssm-server.ts'

const { signal } = new AbortController()
const ID = 'c0ffee00-0000-0000-0000-000000000000'
const REQUEST = {
  document: 'AWS-RunShellScript',
  parameters: { commands: ['true'] },
  targets: { instanceIds: ['i-leaf0001'] },
  deliverySeconds: 60,
  comment: 'job',
}

test('a command is sent with its comment, its time for delivery, and every target however many fail', async () => {
  const { commands, calls } = await startSsmServer({ SendCommand: () => ({ Command: { CommandId: ID } }) })
  expect(await commands.send(REQUEST)).toBe(ID)
  const targets = [{ Key: 'tag:role', Values: ['leaf'] }]
  await commands.send({ ...REQUEST, targets: { targets } })
  const same = {
    DocumentName: 'AWS-RunShellScript',
    Parameters: { commands: ['true'] },
    TimeoutSeconds: 60,
    Comment: 'job',
    MaxErrors: '100%',
  }
  expect(calls).toEqual([
    ['SendCommand', { ...same, InstanceIds: ['i-leaf0001'] }],
    ['SendCommand', { ...same, Targets: targets }],
  ])
})

test.each([
  ['throttled', { refuse: 'ThrottlingException' }, 'RunCommandUnavailable'],
  ['refused', { refuse: 'AccessDeniedException' }, 'PlaybookRefused'],
  ['of unknown nodes', { refuse: 'InvalidInstanceId' }, 'PlaybookRefused'],
  ['answered 500', { refuse: 'InternalServerError', status: 500 }, 'SendUnanswered'],
  ['answered 503', { refuse: 'ServiceUnavailable', status: 503 }, 'SendUnanswered'],
  ['whose connection breaks', 'breaks', 'SendUnanswered'],
  ['answered without an id', {}, 'SendUnanswered'],
] as const)(
  'a SendCommand %s is not repeated by the SDK, and named by what is known of it',
  async (...row) => {
    const [, answer, name] = row
    const { commands, calls } = await startSsmServer({ SendCommand: () => answer })
    await expect(commands.send(REQUEST)).rejects.toMatchObject({ name })
    expect(calls).toHaveLength(1)
  },
)

test('a SendCommand that reached nobody was not sent', async () => {
  const { commands, close } = await startSsmServer({})
  close()
  await expect(commands.send(REQUEST)).rejects.toMatchObject({ name: 'RunCommandUnavailable' })
})

test('other calls that fail for now may be tried again; what is refused may not', async () => {
  const answers = [
    { refuse: 'InternalServerError', status: 500 },
    { refuse: 'ThrottlingException' },
    'breaks' as const,
  ]
  const { commands } = await startSsmServer({
    ListCommands: () => answers.shift() ?? { refuse: 'AccessDenied' },
  })
  for (const name of [...Array(3).fill('RunCommandUnavailable'), 'PlaybookRefused']) {
    await expect(commands.state(ID, signal)).rejects.toMatchObject({ name })
  }
})

test('a command that was just sent is not known yet, not lost', async () => {
  const unknown = { refuse: 'InvalidCommandId' }
  const { commands } = await startSsmServer({
    ListCommands: () => unknown,
    ListCommandInvocations: () => unknown,
    CancelCommand: () => unknown,
  })
  expect(await commands.state(ID, signal)).toBeUndefined()
  expect(await commands.invocations(ID, signal)).toEqual([])
  await expect(commands.cancel(ID)).resolves.toBeUndefined()
})

test('commands are found by the begin of their comment, through all pages, from a time on', async () => {
  const { commands, calls } = await startSsmServer({
    ListCommands: ({ NextToken }) =>
      NextToken
        ? { Commands: [{ CommandId: ID, Comment: 'job (1)', Status: 'Success', TargetCount: 2 }] }
        : { Commands: [{ CommandId: 'other', Comment: 'another job' }], NextToken: 'more' },
  })
  const found = await commands.find('job', new Date('2026-11-26T10:00:00.123Z'), signal)
  expect(found).toEqual([{ id: ID, status: 'Success', details: 'Success', targets: 2, completed: 0 }])
  const Filters = [{ key: 'InvokedAfter', value: '2026-11-26T10:00:00Z' }]
  expect(calls.map(([, input]) => input)).toEqual([
    { Filters, MaxResults: 50 },
    { Filters, MaxResults: 50, NextToken: 'more' },
  ])
})

test('all targets are listed, fifty a page', async () => {
  const page = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ InstanceId: `i-${from + i}`, Status: 'Success' }))
  const { commands } = await startSsmServer({
    ListCommandInvocations: ({ NextToken }) =>
      NextToken ? { CommandInvocations: page(50, 3) } : { CommandInvocations: page(0, 50), NextToken: '2' },
  })
  expect(await commands.invocations(ID, signal)).toHaveLength(53)
})

test('of a document of several steps the output is that of the step which failed', async () => {
  const CommandPlugins = [
    { Name: 'downloadContent', Status: 'Success' },
    { Name: 'runShellScript', Status: 'Failed' },
    { Name: 'report', Status: 'Pending' },
  ]
  const { commands, calls } = await startSsmServer({
    ListCommandInvocations: () => ({ CommandInvocations: [{ CommandPlugins }] }),
    GetCommandInvocation: () => ({ ResponseCode: 4, StandardOutputContent: 'x'.repeat(24_000) }),
  })
  const output = await commands.output(ID, 'i-leaf0001', signal)
  expect(output).toMatchObject({ exitCode: 4, isCut: true, stderr: '' })
  expect(calls.at(-1)?.[1]).toMatchObject({ PluginName: 'runShellScript' })
})

test('an invocation that does not exist yet has no output, one that never started no exit code', async () => {
  const answers = [{ refuse: 'InvocationDoesNotExist' }, { ResponseCode: -1 }]
  const { commands } = await startSsmServer({
    ListCommandInvocations: () => ({ CommandInvocations: [] }),
    GetCommandInvocation: () => answers.shift() ?? {},
  })
  expect(await commands.output(ID, 'i-leaf0001', signal)).toBeNull()
  expect(await commands.output(ID, 'i-leaf0001', signal)).toMatchObject({ exitCode: null })
})

test.each([
  [['commands', 'executionTimeout'], 'executionTimeout'],
  [['PlaybookFile', 'TimeoutSeconds'], 'TimeoutSeconds'],
  [['name'], null],
])('a document with %o takes its time by %s', async (names, expected) => {
  const Parameters = names.map((Name) => ({ Name, Type: 'String' }))
  const { commands } = await startSsmServer({ DescribeDocument: () => ({ Document: { Parameters } }) })
  expect(await commands.timeoutParameter('Own', signal)).toBe(expected)
})

import {
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StateMachineDeleting,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { endOfEvent, StepFunctionsExecutions } from '#aws/executions.ts'
import type { JsonText } from '#core/value.ts'
import { JOBS } from '#test/core/samples.ts'

type Sent = { name: string; input: Record<string, unknown> }

/** A client that answers with one of `answers` after the other. */
function scripted(...answers: unknown[]) {
  const sent: Sent[] = []
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    sent.push({ name: command.constructor.name, input: command.input })
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  }
  return { executions: new StepFunctionsExecutions({ send } as unknown as SFNClient), sent }
}

const job = JOBS['CANCELLING, force']!
const INPUT = '{"a":1}' as JsonText
const missing = new ExecutionDoesNotExist({ message: 'none', $metadata: {} })
const named = (name: string): Error => Object.assign(new Error(name), { name })

test('a stop tells the error that people search for, and who, how and why as its cause', async () => {
  const { executions, sent } = scripted({})
  expect(await executions.stop(job)).toBe(true)
  expect(sent[0]).toMatchObject({
    name: StopExecutionCommand.name,
    input: { executionArn: 'arn', error: 'JobAborted' },
  })
  expect(JSON.parse(String(sent[0]?.input.cause))).toMatchObject({ job_execution_id: 'j', mode: 'force' })
})

test('a stop that the key of the machine forbids is repeated without error and cause', async () => {
  const { executions, sent } = scripted(named('KmsAccessDeniedException'), {})
  expect(await executions.stop(job)).toBe(true)
  expect(sent.map((one) => Object.keys(one.input))).toEqual([
    ['executionArn', 'error', 'cause'],
    ['executionArn'],
  ])
})

test('a stop of what is not there says so, any other failure is thrown', async () => {
  expect(await scripted(missing).executions.stop(job)).toBe(false)
  await expect(scripted(named('ThrottlingException')).executions.stop(job)).rejects.toThrow(
    'ThrottlingException',
  )
})

test('a start under a name that is taken is no error', async () => {
  const taken = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} })
  const { executions } = scripted({}, taken, named('AccessDenied'))
  expect(await executions.start('machine', 'j', INPUT)).toBe(true)
  expect(await executions.start('machine', 'j', INPUT)).toBe(false)
  await expect(executions.start('machine', 'j', INPUT)).rejects.toThrow('AccessDenied')
})

test.each([
  new StateMachineDoesNotExist({ message: 'State Machine Does Not Exist', $metadata: {} }),
  new StateMachineDeleting({ message: 'it is being deleted', $metadata: {} }),
])('a start in a machine that was deleted says so in our words (%s)', async (error) => {
  const { executions } = scripted(error)
  const thrown = await executions.start('machine', 'j', INPUT).catch((reason: unknown) => reason)
  expect(thrown).toMatchObject({
    name: 'MachineMissingError',
    message: 'the state machine machine does not exist any more',
    cause: error,
  })
})

test('a machine that was deleted runs nothing; what cannot be listed for another reason is thrown', async () => {
  const gone = new StateMachineDoesNotExist({ message: 'none', $metadata: {} })
  expect(await scripted(gone).executions.running('machine')).toEqual([])
  await expect(scripted(named('ThrottlingException')).executions.running('machine')).rejects.toThrow(
    'ThrottlingException',
  )
})

test.each([
  [
    'who stopped it by the API',
    { status: 'ABORTED', error: 'JobAborted', cause: '{}' },
    { error: 'JobAborted', cause: '{}' },
  ],
  [
    'a time-out, which has no cause',
    { status: 'TIMED_OUT', error: 'States.Timeout', cause: null },
    { error: 'States.Timeout', cause: null },
  ],
  [
    'a failure with control characters',
    { status: 'FAILED', error: 'E', cause: 'a\u001bb' },
    { error: 'E', cause: 'a b' },
  ],
  [
    'success, which needs neither',
    { status: 'SUCCEEDED', error: null, cause: null },
    { error: null, cause: null },
  ],
] as const)('the event of an end tells %s', (_what, event, expected) => {
  expect(endOfEvent(event)).toEqual({ status: event.status, ...expected })
})

test.each([
  { status: 'ABORTED' },
  { status: 'ABORTED', error: null, cause: null },
  { status: 'FAILED', cause: 'the error is missing' },
] as const)('an event that names no error is no answer: %o', (event) => {
  expect(endOfEvent(event)).toBeNull()
})

test('an execution that was stopped by hand may have neither error nor cause', async () => {
  const found = { name: 'j', status: 'ABORTED', startDate: new Date(0), input: '{"a":1}' }
  const { executions } = scripted(found, missing)
  expect(await executions.describe('arn')).toEqual({
    ...{ name: 'j', status: 'ABORTED', started_at: '1970-01-01T00:00:00.000Z', input: INPUT },
    end: { status: 'ABORTED', error: null, cause: null },
  })
  expect(await executions.describe('arn')).toBeUndefined()
})

test('a running execution has no end, and all pages of running ones are read', async () => {
  const pages = [{ executions: [{ name: 'a' }], nextToken: 'more' }, { executions: [{ name: 'b' }] }]
  const { executions } = scripted({ name: 'j', status: 'RUNNING', input: '{}' }, ...pages)
  expect((await executions.describe('arn'))?.end).toBeNull()
  expect(await executions.running('machine')).toEqual(['a', 'b'])
})

test('what a stopped execution tells is kept plain and short, so that the job’s item can always be written', async () => {
  const told = { error: 'E\u001b'.repeat(100), cause: '\u001b[31m世'.repeat(6000) }
  const found = { name: 'j', status: 'ABORTED', startDate: new Date(0), input: '{}', ...told }
  const { executions } = scripted(found)
  const { error, cause } = (await executions.describe('arn'))?.end ?? {}
  expect(`${error}${cause}`).not.toMatch(/\p{Cc}/u)
  expect([error?.length, cause?.length]).toEqual([200, 2048])
})

test('of a Lambda’s failure its message is kept, not its stack', async () => {
  const cause = JSON.stringify({ errorMessage: 'no such bucket', errorType: 'E', trace: ['at /var/task'] })
  const { executions } = scripted({ name: 'j', status: 'FAILED', input: '{}', error: 'E', cause })
  expect((await executions.describe('arn'))?.end).toEqual({
    status: 'FAILED',
    error: 'E',
    cause: 'no such bucket',
  })
})

test('of a message of 400 KB, whose cause Step Functions has cut, the begin is kept', async () => {
  const whole = JSON.stringify({ errorType: 'E', errorMessage: `a "b"\n${'m'.repeat(400_000)}`, trace: [] })
  const found = { name: 'j', status: 'FAILED', input: '{}', error: 'E', cause: whole.slice(0, 32_768) }
  const { cause } = (await scripted(found).executions.describe('arn'))?.end ?? {}
  expect(cause).toMatch(/^a "b" m+…$/)
  expect(cause).toHaveLength(2048)
})

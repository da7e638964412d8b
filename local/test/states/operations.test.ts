import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, machine, machineArn, pass, type Rig } from './rig.ts'

// https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const waits = machine({ W: { Type: 'Wait', Seconds: 900, End: true } })

describe('StartExecution', () => {
  test('repeated with the same name and input while running answers the same', async () => {
    const request = { stateMachineArn: rig.register(waits), name: 'one', input: '{"a":1}' }
    const first = await rig.call('StartExecution', request)
    expect(await rig.call('StartExecution', request)).toEqual(first)
    expect(rig.events).toHaveLength(1)
  })

  test('with the same name and another input is ExecutionAlreadyExists', async () => {
    const request = { stateMachineArn: rig.register(waits), name: 'one', input: '{"a":1}' }
    await rig.call('StartExecution', request)
    await expect(rig.call('StartExecution', { ...request, input: '{}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
      status: 400,
    })
  })

  test('with the name of an ended execution is ExecutionAlreadyExists', async () => {
    const request = { stateMachineArn: rig.register(machine({ P: pass() })), name: 'one', input: '{}' }
    const { executionArn } = await rig.call<{ executionArn: string }>('StartExecution', request)
    await rig.ended(executionArn)
    await expect(rig.call('StartExecution', request)).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    })
  })

  test('without a name gets one, without input gets an empty object', async () => {
    const { executionArn } = await rig.call('StartExecution', { stateMachineArn: rig.register(waits) })
    expect(executionArn).toMatch(/^arn:aws:states:us-east-1:000000000000:execution:machine-1:[\da-f-]{36}$/)
    expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ input: '{}' })
  })

  test('names what it refuses', async () => {
    const stateMachineArn = rig.register(waits)
    const refused = [
      [{ stateMachineArn, name: 'a b' }, 'InvalidName'],
      [{ stateMachineArn, name: 'a'.repeat(81) }, 'InvalidName'],
      [{ stateMachineArn, name: 'a:b' }, 'InvalidName'],
      [{ stateMachineArn, input: '{' }, 'InvalidExecutionInput'],
      [{ stateMachineArn, input: JSON.stringify('x'.repeat(262_144)) }, 'InvalidExecutionInput'],
      [{ stateMachineArn, input: {} }, 'ValidationException'],
      [{ stateMachineArn: machineArn('unknown') }, 'StateMachineDoesNotExist'],
      [{ stateMachineArn: 'nonsense' }, 'InvalidArn'],
      [{}, 'ValidationException'],
    ] as const
    for (const [input, code] of refused) {
      await expect(rig.call('StartExecution', input)).rejects.toMatchObject({ code })
    }
    expect(rig.events).toEqual([])
  })
})

test.each(['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'RedriveExecution'])(
  '%s of an unknown execution is ExecutionDoesNotExist',
  async (operation) => {
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:none:none'
    await expect(rig.call(operation, { executionArn })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    })
  },
)

test('an operation that is not served is UnknownOperationException', async () => {
  await expect(rig.call('CreateStateMachine')).rejects.toMatchObject({ code: 'UnknownOperationException' })
})

test('every status change is published as EventBridge gets it', async () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  const { executionArn, stateMachineArn, name, startDate, stopDate } = await rig.run(
    machine({ P: pass() }),
    [1],
  )
  const detail = { executionArn, stateMachineArn, name, startDate: Number(startDate) * 1000, input: '[1]' }
  const common = {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [executionArn],
    region: 'us-east-1',
    account: '000000000000',
  }
  expect(rig.events).toMatchObject([
    { ...common, detail: { ...detail, status: 'RUNNING', stopDate: null, output: null, error: null } },
    {
      ...common,
      detail: {
        ...detail,
        status: 'SUCCEEDED',
        stopDate: Number(stopDate) * 1000,
        output: '[1]',
        cause: null,
      },
    },
  ])
})

describe('ListExecutions', () => {
  test('pages from the newest to the oldest and filters by status', async () => {
    const stateMachineArn = rig.register(waits)
    for (const name of ['a', 'b', 'c']) await rig.call('StartExecution', { stateMachineArn, name })
    type Page = { executions: { name: string; status: string }[]; nextToken?: string }
    const first = await rig.call<Page>('ListExecutions', { stateMachineArn, maxResults: 2 })
    const second = await rig.call<Page>('ListExecutions', {
      stateMachineArn,
      maxResults: 2,
      nextToken: first.nextToken,
    })
    expect([...first.executions, ...second.executions].map(({ name }) => name)).toEqual(['c', 'b', 'a'])
    expect(second).not.toHaveProperty('nextToken')

    await rig.call('StopExecution', {
      executionArn: `${stateMachineArn.replace('stateMachine', 'execution')}:b`,
    })
    const aborted = await rig.call<Page>('ListExecutions', { stateMachineArn, statusFilter: 'ABORTED' })
    expect(aborted.executions).toMatchObject([{ name: 'b', status: 'ABORTED' }])
  })

  test.each([
    { input: { statusFilter: 'LOST' }, code: 'ValidationException' },
    { input: { maxResults: 1001 }, code: 'ValidationException' },
    { input: { nextToken: 'forged' }, code: 'InvalidToken' },
  ])('refuses $input', async ({ input, code }) => {
    const stateMachineArn = rig.register(waits)
    await expect(rig.call('ListExecutions', { stateMachineArn, ...input })).rejects.toMatchObject({ code })
  })
})

describe('state machines', () => {
  test('are listed and described with their definition', async () => {
    const stateMachineArn = rig.register(waits, 'mine')
    expect(await rig.call('ListStateMachines')).toMatchObject({
      stateMachines: [{ stateMachineArn, name: 'mine', type: 'STANDARD', creationDate: expect.any(Number) }],
    })
    expect(await rig.call('DescribeStateMachine', { stateMachineArn })).toMatchObject({
      status: 'ACTIVE',
      definition: JSON.stringify(waits),
    })
  })

  test('an execution keeps the definition it was started with', async () => {
    const executionArn = await rig.startArn(rig.register(waits, 'mine'))
    rig.register(machine({ P: pass() }), 'mine')
    expect(await rig.call('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
      name: 'mine',
      definition: JSON.stringify(waits),
    })
  })
})

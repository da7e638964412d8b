import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, createBench, machine, machineArn, pass } from './rig.ts'

// https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.close())

const waits = machine({ W: { Type: 'Wait', Seconds: 900, End: true } })

describe('StartExecution', () => {
  test('repeated with the same name and input while running answers the same', async () => {
    const request = { stateMachineArn: bench.register(waits), name: 'one', input: '{"a":1}' }
    const first = await bench.call('StartExecution', request)
    expect(await bench.call('StartExecution', request)).toEqual(first)
    expect(bench.events).toHaveLength(1)
  })

  test('with the same name and another input is ExecutionAlreadyExists', async () => {
    const request = { stateMachineArn: bench.register(waits), name: 'one', input: '{"a":1}' }
    await bench.call('StartExecution', request)
    await expect(bench.call('StartExecution', { ...request, input: '{}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
      status: 400,
    })
  })

  test('with the name of an ended execution is ExecutionAlreadyExists', async () => {
    const request = { stateMachineArn: bench.register(machine({ P: pass() })), name: 'one', input: '{}' }
    const { executionArn } = await bench.call<{ executionArn: string }>('StartExecution', request)
    await bench.ended(executionArn)
    await expect(bench.call('StartExecution', request)).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    })
  })

  test('without a name gets one, without input gets an empty object', async () => {
    const { executionArn } = await bench.call('StartExecution', { stateMachineArn: bench.register(waits) })
    expect(executionArn).toMatch(/^arn:aws:states:us-east-1:000000000000:execution:machine-1:[\da-f-]{36}$/)
    expect(await bench.call('DescribeExecution', { executionArn })).toMatchObject({ input: '{}' })
  })

  test('names what it refuses', async () => {
    const stateMachineArn = bench.register(waits)
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
      await expect(bench.call('StartExecution', input)).rejects.toMatchObject({ code })
    }
    expect(bench.events).toEqual([])
  })
})

test.each(['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'RedriveExecution'])(
  '%s of an unknown execution is ExecutionDoesNotExist',
  async (operation) => {
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:none:none'
    await expect(bench.call(operation, { executionArn })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    })
  },
)

test('an operation that is not served is UnknownOperationException', async () => {
  await expect(bench.call('CreateStateMachine')).rejects.toMatchObject({ code: 'UnknownOperationException' })
})

test('every status change is published as EventBridge gets it', async () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
  const { executionArn, stateMachineArn, name, startDate, stopDate } = await bench.run(
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
  expect(bench.events).toMatchObject([
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
    const stateMachineArn = bench.register(waits)
    for (const name of ['a', 'b', 'c']) await bench.call('StartExecution', { stateMachineArn, name })
    type Page = { executions: { name: string; status: string }[]; nextToken?: string }
    const first = await bench.call<Page>('ListExecutions', { stateMachineArn, maxResults: 2 })
    const second = await bench.call<Page>('ListExecutions', {
      stateMachineArn,
      maxResults: 2,
      nextToken: first.nextToken,
    })
    expect([...first.executions, ...second.executions].map(({ name }) => name)).toEqual(['c', 'b', 'a'])
    expect(second).not.toHaveProperty('nextToken')

    await bench.call('StopExecution', {
      executionArn: `${stateMachineArn.replace('stateMachine', 'execution')}:b`,
    })
    const aborted = await bench.call<Page>('ListExecutions', { stateMachineArn, statusFilter: 'ABORTED' })
    expect(aborted.executions).toMatchObject([{ name: 'b', status: 'ABORTED' }])
  })

  test.each([
    { input: { statusFilter: 'LOST' }, code: 'ValidationException' },
    { input: { maxResults: 1001 }, code: 'ValidationException' },
    { input: { nextToken: 'forged' }, code: 'InvalidToken' },
  ])('refuses $input', async ({ input, code }) => {
    const stateMachineArn = bench.register(waits)
    await expect(bench.call('ListExecutions', { stateMachineArn, ...input })).rejects.toMatchObject({ code })
  })
})

describe('state machines', () => {
  test('are listed and described with their definition', async () => {
    const stateMachineArn = bench.register(waits, 'mine')
    expect(await bench.call('ListStateMachines')).toMatchObject({
      stateMachines: [{ stateMachineArn, name: 'mine', type: 'STANDARD', creationDate: expect.any(Number) }],
    })
    expect(await bench.call('DescribeStateMachine', { stateMachineArn })).toMatchObject({
      status: 'ACTIVE',
      definition: JSON.stringify(waits),
    })
  })

  test('an execution keeps the definition it was started with', async () => {
    const executionArn = await bench.startArn(bench.register(waits, 'mine'))
    bench.register(machine({ P: pass() }), 'mine')
    expect(await bench.call('DescribeStateMachineForExecution', { executionArn })).toMatchObject({
      name: 'mine',
      definition: JSON.stringify(waits),
    })
  })
})

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

test('an operation that is not served is UnknownOperationException', async () => {
  await expect(rig.call('CreateStateMachine')).rejects.toMatchObject({ code: 'UnknownOperationException' })
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

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, machine, pass, type Rig } from './rig.ts'

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const stop = (executionArn: string) => rig.call('StopExecution', { executionArn })
const settle = () => new Promise((resolve) => setTimeout(resolve, 30))
const waits = machine({ W: { Type: 'Wait', Seconds: 900, End: true } })

describe('a nested execution', () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
  const nested = (suffix: string, StateMachineArn: string) =>
    machine({
      N: {
        Type: 'Task',
        Resource: `arn:aws:states:::states:startExecution${suffix}`,
        Parameters: { StateMachineArn, Input: { 'n.$': '$.n' } },
        End: true,
      },
    })

  test('is only started without .sync', async () => {
    const child = rig.register(waits)
    const { output } = await rig.run(nested('', child), { n: 1 })
    expect(JSON.parse(output ?? '')).toMatchObject({ ExecutionArn: expect.stringContaining(':execution:') })
  })

  test('gives its output as text with .sync and as JSON with .sync:2', async () => {
    const child = rig.register(machine({ P: pass() }))
    const text = await rig.run(nested('.sync', child), { n: 1 })
    const json = await rig.run(nested('.sync:2', child), { n: 1 })
    expect(JSON.parse(text.output ?? '')).toMatchObject({ Status: 'SUCCEEDED', Output: '{"n":1}' })
    expect(JSON.parse(json.output ?? '')).toMatchObject({ Status: 'SUCCEEDED', Output: { n: 1 } })
  })

  test('that fails is States.TaskFailed with its description as cause', async () => {
    const child = rig.register(machine({ F: { Type: 'Fail', Error: 'Inner' } }))
    const { error, cause } = await rig.run(nested('.sync:2', child), { n: 1 })
    expect(error).toBe('States.TaskFailed')
    expect(JSON.parse(String(cause))).toMatchObject({ Status: 'FAILED', Error: 'Inner' })
  })

  test('is stopped with the execution that waits for it', async () => {
    const child = rig.register(waits)
    const executionArn = await rig.start(nested('.sync', child), { n: 1 })
    await settle()
    await stop(executionArn)
    const { executions } = await rig.call<{ executions: { status: string }[] }>('ListExecutions', {
      stateMachineArn: child,
    })
    expect(executions).toMatchObject([{ status: 'ABORTED' }])
  })
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, machine, type Rig } from './rig.ts'

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const stop = (executionArn: string) => rig.call('StopExecution', { executionArn })
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

  test('is stopped with the execution that waits for it', async () => {
    const child = rig.register(waits)
    const executionArn = await rig.start(nested('.sync', child), { n: 1 })
    await rig.published(2)
    await stop(executionArn)
    const { executions } = await rig.call<{ executions: { status: string }[] }>('ListExecutions', {
      stateMachineArn: child,
    })
    expect(executions).toMatchObject([{ status: 'ABORTED' }])
  })
})

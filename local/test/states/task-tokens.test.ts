import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, machine, type Rig } from './rig.ts'

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const TOKEN = 'arn:aws:states:::lambda:invoke.waitForTaskToken'
const tokenTask = (more: object = {}) => ({
  Type: 'Task',
  Resource: TOKEN,
  Parameters: { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } },
  End: true,
  ...more,
})

describe('a task token', () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
  const waiting = async (more: object = {}) => {
    const executionArn = await rig.start(machine({ T: tokenTask(more) }))
    await rig.invoked(1)
    const [{ token: taskToken }] = rig.calls as [{ token: string }]
    return { executionArn, taskToken }
  }

  test.each([
    { operation: 'SendTaskSuccess', input: { taskToken: 'made up', output: '1' }, code: 'InvalidToken' },
    { operation: 'SendTaskHeartbeat', input: { taskToken: 'made up' }, code: 'InvalidToken' },
    { operation: 'SendTaskFailure', input: {}, code: 'ValidationException' },
  ])('$operation with $input is $code', async ({ operation, input, code }) => {
    await expect(rig.call(operation, input)).rejects.toMatchObject({ code })
  })

  test('with an output that is no JSON is refused and the task goes on', async () => {
    const { executionArn, taskToken } = await waiting()
    await expect(rig.call('SendTaskSuccess', { taskToken, output: '{' })).rejects.toMatchObject({
      code: 'InvalidOutput',
    })
    expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'RUNNING' })
  })
})

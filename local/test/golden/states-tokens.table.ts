import { expect } from 'vitest'
import { machine, type Rig } from '../states/rig.ts'
import type { GoldenRow } from './golden.ts'

const SOURCE =
  'https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token'

/** An execution that waits for the token it gave to a function. */
async function waiting(rig: Rig, more: object = {}) {
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken'
  const Parameters = { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } }
  const executionArn = await rig.start(
    machine({ T: { Type: 'Task', Resource, Parameters, End: true, ...more } }),
  )
  await rig.invoked(1)
  const [{ token: taskToken }] = rig.calls as [{ token: string }]
  return { executionArn, taskToken }
}

/** How a task waits for its token. */
export const STATES_TOKENS: GoldenRow<Rig>[] = [
  {
    behaviour: 'SendTaskSuccess ends the task with its output; the token is then TaskTimedOut',
    source: SOURCE,
    async check(rig) {
      const { executionArn, taskToken } = await waiting(rig)
      await rig.call('SendTaskSuccess', { taskToken, output: '{"ok":1}' })
      expect(await rig.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":1}' })
      const again = rig.call('SendTaskSuccess', { taskToken, output: '1' })
      await expect(again).rejects.toMatchObject({ code: 'TaskTimedOut' })
    },
  },
  {
    behaviour: 'SendTaskFailure fails the task with its error and cause',
    source: SOURCE,
    async check(rig) {
      const { executionArn, taskToken } = await waiting(rig)
      await rig.call('SendTaskFailure', { taskToken, error: 'No', cause: 'not today' })
      const failed = { status: 'FAILED', error: 'No', cause: 'not today' }
      expect(await rig.ended(executionArn)).toMatchObject(failed)
    },
  },
  {
    behaviour: 'the token of a stopped execution is TaskTimedOut',
    source: 'https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html',
    async check(rig) {
      const { executionArn, taskToken } = await waiting(rig)
      await rig.call('StopExecution', { executionArn })
      const late = rig.call('SendTaskSuccess', { taskToken, output: '1' })
      await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' })
      expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' })
    },
  },
  {
    behaviour: 'a task whose heartbeats stop fails with States.HeartbeatTimeout',
    source: SOURCE,
    async check(rig) {
      const { executionArn, taskToken } = await waiting(rig, { HeartbeatSeconds: 1 })
      expect(await rig.call('SendTaskHeartbeat', { taskToken })).toEqual({})
      expect(await rig.ended(executionArn)).toMatchObject({ error: 'States.HeartbeatTimeout' })
    },
  },
]

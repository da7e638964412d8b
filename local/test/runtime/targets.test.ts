import { beforeEach, describe, expect, test } from 'vitest'
import { checkTargetArn, createDeliver } from '#local/runtime/targets.ts'
import type { InvokeResult } from '#local/types.ts'

const arn = (service: string, path: string): string => `arn:aws:${service}:us-east-1:000000000000:${path}`
const EVENT = { id: 'e1' }
const FAILURE = { payload: null, functionError: { errorType: 'Error', errorMessage: 'as asked' } }

let sent: unknown[]
let answers: InvokeResult[]
let invoked: number

beforeEach(() => {
  sent = []
  answers = []
  invoked = 0
})
const deliver = (target: { arn: string; deadLetterArn?: string }): Promise<void> =>
  createDeliver({
    lambda: {
      async invoke() {
        invoked += 1
        return answers.shift() ?? { payload: null }
      },
    },
    queues: { send: (...message) => String(sent.push(message)) },
    log: () => undefined,
    retryDelaysMs: [1, 1],
  })({ id: 'Target0', ...target }, EVENT)

describe('the target of a rule', () => {
  test.each([
    [0, 1, 0],
    [2, 3, 0],
    [3, 3, 1],
  ])(
    'that is a function failing %i times is invoked %i times, with %i dead letters',
    async (fails, runs, dead) => {
      answers = Array.from({ length: fails }, () => FAILURE)
      await deliver({ arn: arn('lambda', 'function:f'), deadLetterArn: arn('sqs', 'dead') })
      expect(invoked).toBe(runs)
      expect(sent).toHaveLength(dead)
    },
  )

  test.each([arn('kinesis', 'stream/x'), arn('sqs', 'queue'), arn('states', 'stateMachine:stop')])(
    '%s does not run here, and is refused at the start with its rule',
    (other) => {
      const check = () => checkTargetArn('Ended', { id: 'Target0', arn: other })
      expect(check).toThrow(/rule Ended: target Target0 .*does not run here/)
    },
  )
})

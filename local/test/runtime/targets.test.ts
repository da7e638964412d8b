import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { EventBridge } from '#local/events/bus.ts'
import { checkTargetArn, createDeliver } from '#local/runtime/targets.ts'
import type { InvokeResult } from '#local/types.ts'
import { temporaryFolder } from '../fixtures/assembly.ts'

const arn = (service: string, path: string): string => `arn:aws:${service}:us-east-1:000000000000:${path}`
const EVENT = { id: 'e1' }
const FAILURE = { payload: null, functionError: { errorType: 'Error', errorMessage: 'as asked' } }

let dataDir: string
let sent: unknown[]
let answers: InvokeResult[]
let invoked: number

beforeEach(() => {
  dataDir = temporaryFolder()
  sent = []
  answers = []
  invoked = 0
})
const deliver = (target: { arn: string; deadLetterArn?: string }): Promise<void> =>
  createDeliver({
    dataDir,
    lambda: {
      async invoke() {
        invoked += 1
        return answers.shift() ?? { payload: null }
      },
    },
    states: () => async (operation, input) => void sent.push([operation, input]),
    events: () =>
      ({ put: (event: unknown, bus: unknown) => void sent.push([bus, event]) }) as unknown as EventBridge,
    queues: { send: (...message) => String(sent.push(message)), handle: async () => undefined },
    log: () => undefined,
    retryDelaysMs: [1, 1],
  })({ id: 'Target0', ...target }, EVENT)

describe('the target of a rule', () => {
  test.each([
    [
      arn('states', 'stateMachine:stop'),
      ['StartExecution', { stateMachineArn: arn('states', 'stateMachine:stop'), input: '{"id":"e1"}' }],
    ],
    [arn('sqs', 'queue'), [arn('sqs', 'queue'), '{"id":"e1"}']],
    [arn('events', 'event-bus/other'), ['other', EVENT]],
  ])('%s gets the event', async (target, expected) => {
    await deliver({ arn: target })
    expect(sent).toEqual([expected])
  })

  test('that is a log group is a file', async () => {
    await deliver({ arn: arn('logs', 'log-group:/aws/events/all:*') })
    expect(readFileSync(join(dataDir, 'logs/_aws_events_all.ndjson'), 'utf8')).toBe('{"id":"e1"}\n')
  })

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

  test('that does not run here is refused at the start, with its rule', () => {
    const target = { id: 'Target0', arn: arn('kinesis', 'stream/x') }
    expect(() => checkTargetArn('Ended', target)).toThrow(/rule Ended: target Target0 .*does not run here/)
  })
})

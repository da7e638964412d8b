import { Duration } from 'aws-cdk-lib'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import { createRig, deferred, FunctionError, type Rig } from 'standdown-local/step-functions-rig'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StepCall } from '#core/template.ts'
import { type Author, render } from './render.ts'

// Chains as they are deployed, in the local runtime's interpreter, with functions that the test holds.

type Call = { standdown: Partial<StepCall> & { parked?: true } }

let bench: Rig
beforeEach(() => {
  bench = createRig()
})
afterEach(() => bench.close())

/** The same definition, whose parking asks at once instead of after a minute. */
const impatient = (write: (author: Author) => sfn.IChainable): object =>
  JSON.parse(JSON.stringify(render(write)).replaceAll('"Seconds":60', '"Seconds":0'))

const calls = (): string[] =>
  bench.calls.map((call) => {
    const { step, parked } = (call as Call).standdown
    return step ?? (parked ? 'asked' : 'commit')
  })

const stop = (executionArn: string) => bench.call('StopExecution', { executionArn })

describe('a step that says that it was stopped', () => {
  const both = ({ stack, step }: Author) =>
    new sfn.Parallel(stack, 'Both').branch(step('left')).branch(step('right').next(step('last')))

  test('waits beside its sibling, which goes on, and for the stop of the execution', async () => {
    const right = deferred()
    bench.onInvoke(({ standdown }) => {
      const { step } = standdown as StepCall
      if (step === 'left') throw new FunctionError('JobAborted')
      return step === 'right' ? right.promise : {}
    })
    const executionArn = await bench.start(impatient(both))
    await bench.invoked(3)
    expect(calls()).toEqual(['left', 'right', 'asked'])
    right.resolve({})
    await bench.invoked(4)
    expect(calls()).toEqual(['left', 'right', 'asked', 'last'])
    expect((await bench.call('DescribeExecution', { executionArn })).status).toBe('RUNNING')
    await stop(executionArn)
    expect((await bench.ended(executionArn)).status).toBe('ABORTED')
  })

  test('ends the execution FAILED where nobody aborts the job', async () => {
    bench.onInvoke(({ standdown }) => {
      const { step, parked } = standdown as Call['standdown']
      if (step === 'left') throw new FunctionError('JobAborted')
      if (parked) throw new FunctionError('ParkedWithoutAbort', 'its job is ONGOING')
      return new Promise(() => undefined)
    })
    const ended = await bench.run(impatient(both))
    expect(ended).toMatchObject({ status: 'FAILED', error: 'ParkedWithoutAbort' })
    expect(calls()).toEqual(['left', 'right', 'asked'])
  })
})

describe('a step with a taskTimeout', () => {
  const taskTimeout = sfn.Timeout.duration(Duration.seconds(1))

  test('ends when its time is over, although its function still runs, and the job fails of it', async () => {
    bench.onInvoke(() => new Promise(() => undefined))
    const ended = await bench.run(render(({ step }) => step('bounded', { taskTimeout })))
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
    expect(calls()).toEqual(['bounded'])
  })

  test('is tried again where its author says so', async () => {
    bench.onInvoke(({ standdown }) => {
      const isFirst = calls().filter((call) => call === 'bounded').length === 1
      return isFirst && (standdown as StepCall).step ? new Promise(() => undefined) : {}
    })
    const retry = { errors: [sfn.Errors.TIMEOUT], interval: Duration.seconds(1), maxAttempts: 1 }
    const ended = await bench.run(render(({ step }) => step('bounded', { taskTimeout }).addRetry(retry)))
    expect(ended.status).toBe('SUCCEEDED')
    expect(calls()).toEqual(['bounded', 'bounded', 'commit'])
  })
})

test('a step of the local runtime is told when its execution started, its visit, its rank and its width', async () => {
  const list = { items: '$.list', rank: '$.rank', maxConcurrency: 1 }
  const chain = ({ steps, step }: Author) => steps.map('Each', list).itemProcessor(step('child'))
  const input = { list: [{ rank: 3 }, { rank: 1 }] }
  const executionArn = await bench.startArn(bench.register(render(chain)), input)
  const { startDate } = await bench.ended(executionArn)
  const started = new Date(Number(startDate) * 1000).toISOString()
  const marks = (bench.calls as Call[]).map(({ standdown }) => standdown)
  expect(marks).toMatchObject([
    { step: 'child', index: 0, rank: 3, execution_started_at: started },
    { step: 'child', index: 1, rank: 1, execution_started_at: started },
    { execution_started_at: started },
  ])
})

test('a step in a Map learns how many items there are, and in a Map in a Map how many of both', async () => {
  const chain = ({ steps, step }: Author) => {
    const inner = steps.map('Inner', { items: '$.item' }).itemProcessor(step('child'))
    return steps
      .map('Outer', { items: '$.lists' })
      .itemProcessor(step('first', { resultPath: sfn.JsonPath.DISCARD }).next(inner))
  }
  bench.onInvoke(() => ({}))
  expect((await bench.run(render(chain), { lists: [['a'], ['b', 'c']] })).status).toBe('SUCCEEDED')
  const marks = (bench.calls as Call[]).map(({ standdown }) => standdown)
  const counts = marks
    .filter(({ step }) => step)
    .map(({ step, index, item_count }) => [step, index, item_count])
  expect(counts.sort()).toEqual([
    ['child', '0.0', '2.1'],
    ['child', '1.0', '2.2'],
    ['child', '1.1', '2.2'],
    ['first', 0, 2],
    ['first', 1, 2],
  ])
})

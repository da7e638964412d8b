import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, deferred, FunctionError, machine, pass, type Rig, task } from './rig.ts'

// StopExecution: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const stop = (executionArn: string, more: object = {}) => rig.call('StopExecution', { executionArn, ...more })
const settle = () => new Promise((resolve) => setTimeout(resolve, 30))
const wait = { Type: 'Wait', Seconds: 900, Next: 'After' }
const after = { After: task() }
const list = (length: number) => Array.from({ length }, (_, index) => index)

describe('after StopExecution nothing more starts', () => {
  test('in a Wait', async () => {
    const executionArn = await rig.start(machine({ W: wait, ...after }))
    await settle()
    await stop(executionArn)
    expect((await rig.call('DescribeExecution', { executionArn })).status).toBe('ABORTED')
    expect(await rig.types(executionArn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ])
  })

  test('in a Task: its function goes on, and what it answers is ignored', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(() => promise)
    const executionArn = await rig.start(machine({ T: task({ Next: 'After' }), ...after }))
    await rig.invoked(1)
    await stop(executionArn)
    resolve({ late: true })
    await settle()
    expect(rig.calls).toHaveLength(1)
    expect((await rig.types(executionArn)).at(-1)).toBe('ExecutionAborted')
    expect(await rig.call('DescribeExecution', { executionArn })).not.toHaveProperty('output')
  })

  test('in the back-off of a Retry', async () => {
    rig.onInvoke(() => {
      throw new FunctionError('Mine')
    })
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }]
    const executionArn = await rig.start(machine({ T: task({ Retry }) }))
    await rig.invoked(1)
    await settle()
    await stop(executionArn)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(rig.calls).toHaveLength(1)
  })

  test('in a Map: no queued item starts', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(() => promise)
    const ItemProcessor = machine({ T: task() })
    const map = { Type: 'Map', MaxConcurrency: 2, ItemProcessor, End: true }
    const executionArn = await rig.start(machine({ M: map }), list(6))
    await rig.invoked(2)
    await stop(executionArn)
    resolve(1)
    await settle()
    expect(rig.calls).toEqual([0, 1])
    expect((await rig.types(executionArn)).filter((type) => type === 'MapIterationStarted')).toHaveLength(2)
  })

  test('in a Parallel within a Map', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(() => promise)
    const branch = machine({ T: task({ Next: 'After' }), ...after })
    const inner = { Type: 'Parallel', Branches: [branch], End: true }
    const map = { Type: 'Map', ItemProcessor: machine({ P: inner }), End: true }
    const executionArn = await rig.start(machine({ M: map }), list(3))
    await rig.invoked(3)
    await stop(executionArn)
    resolve(1)
    await settle()
    expect(rig.calls).toHaveLength(3)
  })

  test.each(list(24))('%i turns of the event queue after the start', async (turns) => {
    const branch = machine({ T: task() })
    const Parameters = { 'a.$': 'States.UUID()' }
    const parallel = { Type: 'Parallel', Parameters, Branches: [branch], End: true }
    const executionArn = await rig.start(machine({ First: pass({ Next: 'P' }), P: parallel }))
    for (let turn = 0; turn < turns; turn++) await Promise.resolve()
    await stop(executionArn)
    const before = rig.calls.length
    await settle()
    expect(rig.calls).toHaveLength(before)
    expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'ABORTED' })
  })

  test('a loop that never waits still lets the stop in', async () => {
    const Choices = [{ Variable: '$.enough', IsPresent: true, Next: 'Over' }]
    const states = {
      Loop: { Type: 'Choice', Choices, Default: 'Again' },
      Again: pass({ Next: 'Loop' }),
      Over: pass(),
    }
    const executionArn = await rig.start(machine(states))
    await new Promise((resolve) => setImmediate(resolve))
    await stop(executionArn)
    expect(await rig.ended(executionArn)).toMatchObject({ status: 'ABORTED' })
  })
})

test('a Catch of States.ALL cannot swallow the stop', async () => {
  rig.onInvoke(() => deferred().promise)
  const states = { T: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }] }), ...after }
  const executionArn = await rig.start(machine(states))
  await rig.invoked(1)
  await stop(executionArn)
  await settle()
  expect(rig.calls).toHaveLength(1)
})

describe('what an abort leaves', () => {
  test('error and cause are kept as given', async () => {
    const executionArn = await rig.start(machine({ W: wait, ...after }))
    await stop(executionArn, { error: 'JobAborted', cause: '{"by":"me"}' })
    const description = await rig.call('DescribeExecution', { executionArn })
    expect(description).toMatchObject({ status: 'ABORTED', error: 'JobAborted', cause: '{"by":"me"}' })
    expect((await rig.history(executionArn)).at(-1)).toMatchObject({
      executionAbortedEventDetails: { error: 'JobAborted', cause: '{"by":"me"}' },
    })
  })

  test('without error and cause both keys are absent', async () => {
    const executionArn = await rig.start(machine({ W: wait, ...after }))
    await stop(executionArn)
    const description = await rig.call('DescribeExecution', { executionArn })
    expect(Object.keys(description)).not.toContain('error')
    expect(Object.keys(description)).not.toContain('cause')
  })

  test('a second stop answers the first stop date and changes nothing', async () => {
    const executionArn = await rig.start(machine({ W: wait, ...after }))
    const first = await stop(executionArn, { error: 'First' })
    await settle()
    expect(await stop(executionArn, { error: 'Second' })).toEqual(first)
    expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ error: 'First' })
    expect(rig.events.filter((event) => event.detail.status === 'ABORTED')).toHaveLength(1)
  })

  test('a stop of a succeeded execution leaves it succeeded', async () => {
    const { executionArn, stopDate } = await rig.run(machine({ P: pass() }))
    expect(await stop(String(executionArn))).toEqual({ stopDate })
    expect(await rig.call('DescribeExecution', { executionArn })).toMatchObject({ status: 'SUCCEEDED' })
  })
})

describe('a failing sibling', () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
  test('stops the states of the other branches, whose functions run on', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(({ fail }) => {
      if (fail) throw new FunctionError('Mine')
      return promise
    })
    const slow = machine({ S: task({ Parameters: {}, Next: 'After' }), After: task() })
    const bad = machine({ Bad: task({ Parameters: { fail: true } }) })
    const executionArn = await rig.start(
      machine({ P: { Type: 'Parallel', Branches: [slow, bad], End: true } }),
    )
    expect(await rig.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Mine' })
    resolve(1)
    await settle()
    expect(rig.calls).toHaveLength(2)
    expect((await rig.types(executionArn)).slice(-3)).toEqual([
      'TaskStateAborted',
      'ParallelStateFailed',
      'ExecutionFailed',
    ])
  })

  test('keeps queued Map items from starting', async () => {
    rig.onInvoke((item) => {
      if (Number(item) === 1) throw new FunctionError('Mine')
      return item
    })
    const ItemProcessor = machine({ T: task() })
    const map = { Type: 'Map', MaxConcurrency: 1, ItemProcessor, End: true }
    expect(await rig.run(machine({ M: map }), list(5))).toMatchObject({ error: 'Mine' })
    expect(rig.calls).toEqual([0, 1])
  })

  test('in the same moment as the success of another item lets no third one start', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(async (item) => {
      await promise
      if (Number(item) === 0) throw new FunctionError('Mine')
      return item
    })
    const map = { Type: 'Map', MaxConcurrency: 2, ItemProcessor: machine({ T: task() }), End: true }
    const executionArn = await rig.start(machine({ M: map }), list(5))
    await rig.invoked(2)
    resolve(1)
    expect(await rig.ended(executionArn)).toMatchObject({ error: 'Mine' })
    expect((await rig.types(executionArn)).filter((type) => type === 'MapIterationStarted')).toHaveLength(2)
  })

  test('at most 40 items of a Map run at once', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(() => promise)
    const map = { Type: 'Map', ItemProcessor: machine({ T: task() }), End: true }
    const executionArn = await rig.start(machine({ M: map }), list(60))
    await rig.invoked(40)
    await settle()
    expect(rig.calls).toHaveLength(40)
    resolve(0)
    expect(await rig.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' })
    expect(rig.calls).toHaveLength(60)
  })
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRig, deferred, FunctionError, machine, pass, type Rig, task, until } from './rig.ts'

// StopExecution: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(async () => {
  vi.useRealTimers()
  await rig.close()
})

const stop = (executionArn: string, more: object = {}) => rig.call('StopExecution', { executionArn, ...more })
const wait = { Type: 'Wait', Seconds: 900, Next: 'After' }
const after = { After: task() }
const list = (length: number) => Array.from({ length }, (_, index) => index)

describe('after StopExecution nothing more starts', () => {
  test('in a Wait', async () => {
    const executionArn = await rig.start(machine({ W: wait, ...after }))
    await rig.entered(executionArn)
    await stop(executionArn)
    expect((await rig.call('DescribeExecution', { executionArn })).status).toBe('ABORTED')
    expect(await rig.types(executionArn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ])
  })

  test('in the back-off of a Retry', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    rig.onInvoke(() => {
      throw new FunctionError('Mine')
    })
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1 }]
    const executionArn = await rig.start(machine({ T: task({ Retry }) }))
    await until(async () => (await rig.types(executionArn)).includes('LambdaFunctionFailed'))
    await stop(executionArn)
    await vi.advanceTimersByTimeAsync(60_000)
    await rig.quiet()
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
    await rig.quiet()
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
    await rig.quiet()
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
    await rig.quiet()
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
  await rig.quiet()
  expect(rig.calls).toHaveLength(1)
})

describe('a failing sibling', () => {
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
})

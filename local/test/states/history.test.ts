import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createRig, deferred, FUNCTION, machine, pass, type Rig, task } from './rig.ts'

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

describe('GetExecutionHistory', () => {
  test('tells each state with ids, the event before it and its data', async () => {
    const executionArn = await rig.start(machine({ T: task({ TimeoutSeconds: 9 }) }), { a: 1 })
    await rig.ended(executionArn)
    const data = { input: '{"a":1}', inputDetails: { truncated: false } }
    const result = { output: '{"a":1}', outputDetails: { truncated: false } }
    expect(await rig.history(executionArn)).toMatchObject([
      { id: 1, previousEventId: 0, type: 'ExecutionStarted', executionStartedEventDetails: data },
      {
        id: 2,
        previousEventId: 0,
        type: 'TaskStateEntered',
        stateEnteredEventDetails: { name: 'T', ...data },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'LambdaFunctionScheduled',
        lambdaFunctionScheduledEventDetails: { resource: FUNCTION, timeoutInSeconds: 9, ...data },
      },
      { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
      {
        id: 5,
        previousEventId: 4,
        type: 'LambdaFunctionSucceeded',
        lambdaFunctionSucceededEventDetails: result,
      },
      {
        id: 6,
        previousEventId: 5,
        type: 'TaskStateExited',
        stateExitedEventDetails: { name: 'T', ...result },
      },
      { id: 7, previousEventId: 6, type: 'ExecutionSucceeded', executionSucceededEventDetails: result },
    ])
  })

  test('threads the flows of a Map by previousEventId', async () => {
    const map = { Type: 'Map', MaxConcurrency: 1, ItemProcessor: machine({ P: pass() }), End: true }
    const executionArn = await rig.start(machine({ M: map }), [7, 8])
    await rig.ended(executionArn)
    const events = await rig.history(executionArn)
    expect(events.map(({ id, previousEventId, type }) => `${previousEventId} ${id} ${type}`)).toEqual([
      '0 1 ExecutionStarted',
      '0 2 MapStateEntered',
      '2 3 MapStateStarted',
      '3 4 MapIterationStarted',
      '4 5 PassStateEntered',
      '5 6 PassStateExited',
      '6 7 MapIterationSucceeded',
      '3 8 MapIterationStarted',
      '8 9 PassStateEntered',
      '9 10 PassStateExited',
      '10 11 MapIterationSucceeded',
      '11 12 MapStateSucceeded',
      '12 13 MapStateExited',
      '13 14 ExecutionSucceeded',
    ])
    expect(events[7]).toMatchObject({ mapIterationStartedEventDetails: { name: 'M', index: 1 } })
  })

  test('pages in both directions and leaves the data out when asked', async () => {
    const executionArn = await rig.start(machine({ P: pass() }), { secret: 1 })
    await rig.ended(executionArn)
    type Page = { events: { id: number }[]; nextToken?: string }
    const seen: number[] = []
    let nextToken: string | undefined
    do {
      const request = { executionArn, reverseOrder: true, maxResults: 3, ...(nextToken ? { nextToken } : {}) }
      const page = await rig.call<Page>('GetExecutionHistory', request)
      seen.push(...page.events.map(({ id }) => id))
      nextToken = page.nextToken
    } while (nextToken)
    expect(seen).toEqual([4, 3, 2, 1])
    expect(JSON.stringify(await rig.history(executionArn, { includeExecutionData: false }))).not.toContain(
      'secret',
    )
  })
})

describe('RedriveExecution', () => {
  test('restarts an aborted Map as a whole', async () => {
    const { promise, resolve } = deferred()
    rig.onInvoke(() => promise)
    const map = { Type: 'Map', ItemProcessor: machine({ T: task() }), End: true }
    const executionArn = await rig.start(machine({ M: map }), [1, 2])
    await rig.invoked(2)
    await rig.call('StopExecution', { executionArn })
    resolve(5)
    await rig.call('RedriveExecution', { executionArn })
    expect(await rig.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '[5,5]' })
  })
})

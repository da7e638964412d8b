import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AwsError } from '#local/types.ts'
import { createRig, deferred, FunctionError, machine, pass, type Rig, task } from './rig.ts'

const SOURCE = 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html'

let rig: Rig
beforeEach(() => {
  rig = createRig()
})
afterEach(() => rig.close())

const big = 'x'.repeat(262_144)
const caughtBy = (...names: string[]) => ({
  Catch: [{ ErrorEquals: names, Next: 'Caught', ResultPath: '$.error' }],
})
const withCaught = (states: Record<string, object>) => machine({ ...states, Caught: pass() })

type Row = { title: string; source: string; definition: object; input?: unknown; expected: object }

const rows: Row[] = [
  {
    title: 'a Fail state fails the execution with its error and cause',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html',
    definition: machine({ F: { Type: 'Fail', Error: 'Mine', CausePath: '$.why' } }),
    input: { why: 'because' },
    expected: { status: 'FAILED', error: 'Mine', cause: 'because' },
  },
  {
    title: 'a path that is missing in the input is States.Runtime and says where',
    source: SOURCE,
    definition: machine({ P: pass({ Parameters: { 'a.$': '$.gone' } }) }),
    expected: {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining("'P' (entered at the event id #2). the JSONPath '$.gone'"),
    },
  },
  {
    title: 'the length of a list is not in the input',
    source: 'https://states-language.net/spec.html#paths',
    definition: machine({ P: pass({ Parameters: { 'a.$': '$.list.length' } }) }),
    input: { list: [1] },
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
  {
    title: 'a field that every JavaScript object inherits is not in the input',
    source: 'https://states-language.net/spec.html#paths',
    definition: machine({ P: pass({ InputPath: '$.constructor' }) }),
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
  {
    title: 'States.Runtime is not caught, not even by name',
    source: SOURCE,
    definition: withCaught({
      T: task({
        InputPath: '$.gone',
        Catch: [
          { ErrorEquals: ['States.Runtime'], Next: 'Caught' },
          { ErrorEquals: ['States.ALL'], Next: 'Caught' },
        ],
      }),
    }),
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
  {
    title: 'output above 256 KB is States.DataLimitExceeded, which States.ALL does not catch',
    source: SOURCE,
    definition: withCaught({ T: task({ Parameters: { big }, ...caughtBy('States.ALL') }) }),
    expected: { status: 'FAILED', error: 'States.DataLimitExceeded' },
  },
  {
    title: 'no matching choice and no Default is States.NoChoiceMatched',
    source: SOURCE,
    definition: machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'P' }] },
      P: pass(),
    }),
    input: { a: 2 },
    expected: { status: 'FAILED', error: 'States.NoChoiceMatched' },
  },
  {
    title: 'a ResultPath into something that is no object is States.ResultPathMatchFailure',
    source: SOURCE,
    definition: machine({ P: pass({ Result: 1, ResultPath: '$.a.b' }) }),
    input: { a: 'text' },
    expected: { status: 'FAILED', error: 'States.ResultPathMatchFailure' },
  },
  {
    title: 'an intrinsic function that cannot work is States.IntrinsicFailure',
    source: SOURCE,
    definition: machine({ P: pass({ Parameters: { 'a.$': 'States.StringToJson($.text)' } }) }),
    input: { text: '{' },
    expected: { status: 'FAILED', error: 'States.IntrinsicFailure' },
  },
  {
    title: 'a Map over something that is no list fails',
    source: SOURCE,
    definition: machine({ M: { Type: 'Map', ItemProcessor: machine({ P: pass() }), End: true } }),
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
]

test.each(rows)('$title', async ({ definition, input, expected }) => {
  expect(await rig.run(definition, input)).toMatchObject(expected)
})

test("a function's error is its type, with message and type as JSON cause", async () => {
  rig.onInvoke(() => {
    throw new FunctionError('JobAborted', 'stop here')
  })
  const description = await rig.run(machine({ T: task() }))
  expect(description).toMatchObject({ status: 'FAILED', error: 'JobAborted' })
  expect(JSON.parse(String(description.cause))).toEqual({
    errorType: 'JobAborted',
    errorMessage: 'stop here',
  })
})

test.each([
  {
    thrown: new AwsError('ResourceNotFoundException', 'no such function'),
    error: 'Lambda.ResourceNotFoundException',
  },
  { thrown: new Error('worker lost'), error: 'Lambda.ServiceException' },
])('an invocation that fails outside the function is $error', async ({ thrown, error }) => {
  rig.onInvoke(() => {
    throw thrown
  })
  expect(await rig.run(machine({ T: task() }))).toMatchObject({ error, cause: thrown.message })
})

describe('Catch', () => {
  const failWith = (name: string) =>
    rig.onInvoke(() => {
      throw new FunctionError(name)
    })

  test.each(['Mine', 'States.ALL', 'States.TaskFailed'])('%s catches an error by name', async (pattern) => {
    failWith('Mine')
    const { output } = await rig.run(withCaught({ T: task(caughtBy('Other', pattern)) }), { a: 1 })
    expect(JSON.parse(output ?? '')).toEqual({
      a: 1,
      error: { Error: 'Mine', Cause: JSON.stringify({ errorMessage: 'it broke', errorType: 'Mine' }) },
    })
  })

  test('the first matching catcher decides', async () => {
    failWith('Mine')
    const to = (Next: string, ...ErrorEquals: string[]) => ({ ErrorEquals, Next })
    const states = { One: pass({ Result: 1 }), Two: pass({ Result: 2 }) }
    const Catch = [to('One', 'Other'), to('Two', 'Mine'), to('One', 'States.ALL')]
    expect(await rig.run(machine({ T: task({ Catch }), ...states }))).toMatchObject({ output: '2' })
  })

  test('an error that no catcher names fails the execution', async () => {
    failWith('Mine')
    expect(await rig.run(withCaught({ T: task(caughtBy('Other')) }))).toMatchObject({ error: 'Mine' })
  })

  test('States.TaskFailed does not catch a time-out', async () => {
    rig.onInvoke(() => deferred().promise)
    const definition = withCaught({ T: task({ TimeoutSeconds: 1, ...caughtBy('States.TaskFailed') }) })
    expect(await rig.run(definition)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
  })

  test('a failed branch is caught at the Parallel state', async () => {
    failWith('Mine')
    const Branches = [machine({ T: task() }), machine({ W: { Type: 'Wait', Seconds: 900, End: true } })]
    const { output } = await rig.run(
      withCaught({ Both: { Type: 'Parallel', Branches, End: true, ...caughtBy('Mine') } }),
    )
    expect(JSON.parse(output ?? '')).toMatchObject({ error: { Error: 'Mine' } })
  })
})

describe('Retry', () => {
  const failTimes = (times: number, name = 'Mine') =>
    rig.onInvoke(() => {
      if (rig.calls.length <= times) throw new FunctionError(name)
      return rig.calls.length
    })
  const retry = (more: object) => ({ Retry: [{ ErrorEquals: ['Mine'], MaxDelaySeconds: 1, ...more }] })
  const soon = { IntervalSeconds: 1, BackoffRate: 1, JitterStrategy: 'FULL' }

  test('tries again until it succeeds, and counts in the context object', async () => {
    failTimes(1)
    const Parameters = { 'count.$': '$$.State.RetryCount' }
    await rig.run(machine({ T: task({ Parameters, ...retry(soon) }) }))
    expect(rig.calls).toEqual([{ count: 0 }, { count: 1 }])
  })

  test('ends after MaxAttempts and goes to Catch', async () => {
    failTimes(9)
    const states = { T: task({ ...retry({ ...soon, MaxAttempts: 1 }), ...caughtBy('States.ALL') }) }
    expect(await rig.run(withCaught(states))).toMatchObject({ status: 'SUCCEEDED' })
    expect(rig.calls).toHaveLength(2)
  })

  test('MaxAttempts 0 never tries again, although a later retrier would match', async () => {
    failTimes(9)
    const Retry = [
      { ErrorEquals: ['Mine'], MaxAttempts: 0 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
    ]
    expect(await rig.run(machine({ T: task({ Retry }) }))).toMatchObject({
      status: 'FAILED',
      error: 'Mine',
    })
    expect(rig.calls).toHaveLength(1)
  })
})

test('a Task that outlives its TimeoutSeconds fails with States.Timeout', async () => {
  rig.onInvoke(() => deferred().promise)
  expect(await rig.run(machine({ T: task({ TimeoutSeconds: 1 }) }))).toMatchObject({
    error: 'States.Timeout',
  })
})

test("an execution that outlives the machine's TimeoutSeconds is TIMED_OUT", async () => {
  const definition = machine({ W: { Type: 'Wait', Seconds: 900, End: true } }, { TimeoutSeconds: 1 })
  const executionArn = await rig.start(definition)
  expect(await rig.ended(executionArn)).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' })
  expect((await rig.types(executionArn)).at(-1)).toBe('ExecutionTimedOut')
})

test('an execution fails when its history is full', async () => {
  // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 25,000 events
  const definition = machine({
    Loop: { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'End' }], Default: 'Again' },
    Again: { Type: 'Pass', Next: 'Loop' },
    End: pass(),
  })
  const executionArn = await rig.start(definition)
  expect(await rig.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' })
  const [last] = await rig.history(executionArn, { reverseOrder: true, maxResults: 1 })
  expect(last).toMatchObject({ id: 25_000, type: 'ExecutionFailed' })
})

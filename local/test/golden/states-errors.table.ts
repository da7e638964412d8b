import { expect } from 'vitest'
import { AwsError } from '#local/types.ts'
import { deferred, FunctionError, machine, pass, type Rig, task } from '../states/rig.ts'
import type { GoldenRow } from './golden.ts'

const SOURCE = 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html'
const MEASURED = 'https://github.com/floci-io/floci/issues'

const big = 'x'.repeat(262_144)
const caughtBy = (...names: string[]) => ({
  Catch: [{ ErrorEquals: names, Next: 'Caught', ResultPath: '$.error' }],
})
const withCaught = (states: Record<string, object>) => machine({ ...states, Caught: pass() })

type Ending = { behaviour: string; source: string; definition: object; input?: unknown; expected: object }

const endings: Ending[] = [
  {
    behaviour: 'a Fail state fails the execution with its error and cause',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html',
    definition: machine({ F: { Type: 'Fail', Error: 'Mine', CausePath: '$.why' } }),
    input: { why: 'because' },
    expected: { status: 'FAILED', error: 'Mine', cause: 'because' },
  },
  {
    behaviour: 'a path that is missing in the input is States.Runtime and says where',
    source: SOURCE,
    definition: machine({ P: pass({ Parameters: { 'a.$': '$.gone' } }) }),
    expected: {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: expect.stringContaining("'P' (entered at the event id #2). the JSONPath '$.gone'"),
    },
  },
  {
    behaviour: 'the length of a list is not in the input',
    source: 'https://states-language.net/spec.html#paths',
    definition: machine({ P: pass({ Parameters: { 'a.$': '$.list.length' } }) }),
    input: { list: [1] },
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
  {
    behaviour: 'a field that every JavaScript object inherits is not in the input',
    source: 'https://states-language.net/spec.html#paths',
    definition: machine({ P: pass({ InputPath: '$.constructor' }) }),
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
  {
    behaviour: 'States.Runtime is not caught, not even by name',
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
    behaviour: 'output above 256 KB is States.DataLimitExceeded, which States.ALL does not catch',
    source: SOURCE,
    definition: withCaught({ T: task({ Parameters: { big }, ...caughtBy('States.ALL') }) }),
    expected: { status: 'FAILED', error: 'States.DataLimitExceeded' },
  },
  {
    behaviour: 'no matching choice and no Default is States.NoChoiceMatched',
    source: SOURCE,
    definition: machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.a', NumericEquals: 1, Next: 'P' }] },
      P: pass(),
    }),
    input: { a: 2 },
    expected: { status: 'FAILED', error: 'States.NoChoiceMatched' },
  },
  {
    behaviour: 'a ResultPath into something that is no object is States.ResultPathMatchFailure',
    source: SOURCE,
    definition: machine({ P: pass({ Result: 1, ResultPath: '$.a.b' }) }),
    input: { a: 'text' },
    expected: { status: 'FAILED', error: 'States.ResultPathMatchFailure' },
  },
  {
    behaviour: 'an intrinsic function that cannot work is States.IntrinsicFailure',
    source: SOURCE,
    definition: machine({ P: pass({ Parameters: { 'a.$': 'States.StringToJson($.text)' } }) }),
    input: { text: '{' },
    expected: { status: 'FAILED', error: 'States.IntrinsicFailure' },
  },
  {
    behaviour: 'a Map over something that is no list fails',
    source: SOURCE,
    definition: machine({ M: { Type: 'Map', ItemProcessor: machine({ P: pass() }), End: true } }),
    expected: { status: 'FAILED', error: 'States.Runtime' },
  },
]

const failWith = (rig: Rig, name: string) =>
  rig.onInvoke(() => {
    throw new FunctionError(name)
  })

const catches = (pattern: string): GoldenRow<Rig> => ({
  behaviour: `${pattern} catches an error that a function names`,
  source: SOURCE,
  async check(rig) {
    failWith(rig, 'Mine')
    const { output } = await rig.run(withCaught({ T: task(caughtBy('Other', pattern)) }), { a: 1 })
    expect(JSON.parse(output ?? '')).toEqual({
      a: 1,
      error: { Error: 'Mine', Cause: JSON.stringify({ errorMessage: 'it broke', errorType: 'Mine' }) },
    })
  },
})

const refusedInvocation = (thrown: Error, error: string): GoldenRow<Rig> => ({
  behaviour: `an invocation that fails outside the function is ${error}`,
  source: SOURCE,
  async check(rig) {
    rig.onInvoke(() => {
      throw thrown
    })
    expect(await rig.run(machine({ T: task() }))).toMatchObject({ error, cause: thrown.message })
  },
})

const catchers: GoldenRow<Rig>[] = [
  ...['Mine', 'States.ALL', 'States.TaskFailed'].map(catches),
  {
    behaviour: 'the first matching catcher decides',
    source: SOURCE,
    async check(rig) {
      failWith(rig, 'Mine')
      const to = (Next: string, ...ErrorEquals: string[]) => ({ ErrorEquals, Next })
      const states = { One: pass({ Result: 1 }), Two: pass({ Result: 2 }) }
      const Catch = [to('One', 'Other'), to('Two', 'Mine'), to('One', 'States.ALL')]
      expect(await rig.run(machine({ T: task({ Catch }), ...states }))).toMatchObject({ output: '2' })
    },
  },
  {
    behaviour: 'an error that no catcher names fails the execution',
    source: SOURCE,
    async check(rig) {
      failWith(rig, 'Mine')
      expect(await rig.run(withCaught({ T: task(caughtBy('Other')) }))).toMatchObject({ error: 'Mine' })
    },
  },
  {
    behaviour: 'States.TaskFailed does not catch a time-out',
    source: SOURCE,
    async check(rig) {
      rig.onInvoke(() => deferred().promise)
      const definition = withCaught({ T: task({ TimeoutSeconds: 1, ...caughtBy('States.TaskFailed') }) })
      expect(await rig.run(definition)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' })
    },
  },
  {
    behaviour: 'a failed branch is caught at the Parallel state',
    source: SOURCE,
    async check(rig) {
      failWith(rig, 'Mine')
      const Branches = [machine({ T: task() }), machine({ W: { Type: 'Wait', Seconds: 900, End: true } })]
      const { output } = await rig.run(
        withCaught({ Both: { Type: 'Parallel', Branches, End: true, ...caughtBy('Mine') } }),
      )
      expect(JSON.parse(output ?? '')).toMatchObject({ error: { Error: 'Mine' } })
    },
  },
]

const failTimes = (rig: Rig, times: number) =>
  rig.onInvoke(() => {
    if (rig.calls.length <= times) throw new FunctionError('Mine')
    return rig.calls.length
  })
const retry = (more: object) => ({ Retry: [{ ErrorEquals: ['Mine'], MaxDelaySeconds: 1, ...more }] })
const soon = { IntervalSeconds: 1, BackoffRate: 1, JitterStrategy: 'FULL' }

const retries: GoldenRow<Rig>[] = [
  {
    behaviour: 'Retry tries again until it succeeds, and counts in the context object',
    source: SOURCE,
    async check(rig) {
      failTimes(rig, 1)
      const Parameters = { 'count.$': '$$.State.RetryCount' }
      await rig.run(machine({ T: task({ Parameters, ...retry(soon) }) }))
      expect(rig.calls).toEqual([{ count: 0 }, { count: 1 }])
    },
  },
  {
    behaviour: 'Retry ends after MaxAttempts and goes to Catch',
    source: SOURCE,
    async check(rig) {
      failTimes(rig, 9)
      const states = { T: task({ ...retry({ ...soon, MaxAttempts: 1 }), ...caughtBy('States.ALL') }) }
      expect(await rig.run(withCaught(states))).toMatchObject({ status: 'SUCCEEDED' })
      expect(rig.calls).toHaveLength(2)
    },
  },
  {
    behaviour: 'MaxAttempts 0 never tries again, although a later retrier would match',
    source: SOURCE,
    async check(rig) {
      failTimes(rig, 9)
      const Retry = [
        { ErrorEquals: ['Mine'], MaxAttempts: 0 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
      ]
      expect(await rig.run(machine({ T: task({ Retry }) }))).toMatchObject({
        status: 'FAILED',
        error: 'Mine',
      })
      expect(rig.calls).toHaveLength(1)
    },
  },
]

const limits: GoldenRow<Rig>[] = [
  {
    behaviour: 'a Task that outlives its TimeoutSeconds fails with States.Timeout',
    source: SOURCE,
    async check(rig) {
      rig.onInvoke(() => deferred().promise)
      const ended = await rig.run(machine({ T: task({ TimeoutSeconds: 1 }) }))
      expect(ended).toMatchObject({ error: 'States.Timeout' })
    },
  },
  {
    behaviour:
      "a machine's TimeoutSeconds ends it TIMED_OUT at start plus time-out, with an error and no cause",
    source: `${MEASURED}/2965`,
    async check(rig) {
      const definition = machine({ W: { Type: 'Wait', Seconds: 900, End: true } }, { TimeoutSeconds: 1 })
      const executionArn = await rig.start(definition)
      const { startDate, stopDate, ...ended } = await rig.ended(executionArn)
      expect(ended).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' })
      expect(Number(stopDate) - Number(startDate)).toBeCloseTo(1, 6)
      const last = (await rig.history(executionArn)).at(-1)
      const details = { executionTimedOutEventDetails: { error: 'States.Timeout' } }
      const event = { id: 3, previousEventId: 0, timestamp: expect.any(Number), type: 'ExecutionTimedOut' }
      expect(last).toEqual({ ...event, ...details })
    },
  },
  {
    behaviour: 'a loop that never ends fails with States.Runtime as event number 25,000 of its history',
    source: `${MEASURED}/2734`,
    async check(rig) {
      const Choices = [{ Variable: '$.a', IsPresent: true, Next: 'End' }]
      const states = { Loop: { Type: 'Choice', Choices, Default: 'Again' }, Again: pass({ Next: 'Loop' }) }
      const executionArn = await rig.start(machine({ ...states, End: pass() }))
      const cause = 'The execution reached the maximum number of history events (25000).'
      const ended = { status: 'FAILED', error: 'States.Runtime', cause }
      expect(await rig.ended(executionArn)).toMatchObject(ended)
      const [last] = await rig.history(executionArn, { reverseOrder: true, maxResults: 1 })
      expect(last).toMatchObject({ id: 25_000, previousEventId: 24_999, type: 'ExecutionFailed' })
    },
  },
]

/** How executions fail, and what Catch and Retry make of it. */
export const STATES_ERRORS: GoldenRow<Rig>[] = [
  ...endings.map(({ behaviour, source, definition, input, expected }) => ({
    behaviour,
    source,
    async check(rig: Rig) {
      expect(await rig.run(definition, input)).toMatchObject(expected)
    },
  })),
  {
    behaviour: "a function's error is its type, with message and type as JSON cause",
    source: SOURCE,
    async check(rig) {
      rig.onInvoke(() => {
        throw new FunctionError('OrderCancelled', 'stop here')
      })
      const description = await rig.run(machine({ T: task() }))
      expect(description).toMatchObject({ status: 'FAILED', error: 'OrderCancelled' })
      const cause = { errorType: 'OrderCancelled', errorMessage: 'stop here' }
      expect(JSON.parse(String(description.cause))).toEqual(cause)
    },
  },
  refusedInvocation(
    new AwsError('ResourceNotFoundException', 'no such function'),
    'Lambda.ResourceNotFoundException',
  ),
  refusedInvocation(new Error('worker lost'), 'Lambda.ServiceException'),
  ...catchers,
  ...retries,
  ...limits,
]

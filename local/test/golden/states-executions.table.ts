import { expect } from 'vitest'
import { deferred, FunctionError, machine, machineArn, pass, type Rig, task, until } from '../states/rig.ts'
import type { GoldenRow } from './golden.ts'

const DG = 'https://docs.aws.amazon.com/step-functions/latest/dg'
const API = 'https://docs.aws.amazon.com/step-functions/latest/apireference'
const MEASURED = 'https://github.com/floci-io/floci/issues'

const waits = machine({ W: { Type: 'Wait', Seconds: 900, End: true } })
const describe = (rig: Rig, executionArn: string) => rig.call('DescribeExecution', { executionArn })
const stop = (rig: Rig, executionArn: string, more: object = {}) =>
  rig.call('StopExecution', { executionArn, ...more })

const starts: GoldenRow<Rig>[] = [
  {
    behaviour: 'StartExecution with the name and input of a running execution answers the same',
    source: `${API}/API_StartExecution.html`,
    async check(rig) {
      const request = { stateMachineArn: rig.register(waits), name: 'one', input: '{"a":1}' }
      const first = await rig.call('StartExecution', request)
      expect(await rig.call('StartExecution', request)).toEqual(first)
      expect(rig.events).toHaveLength(1)
    },
  },
  {
    behaviour:
      'StartExecution with the name of a running execution and another input is ExecutionAlreadyExists',
    source: `${API}/API_StartExecution.html`,
    async check(rig) {
      const request = { stateMachineArn: rig.register(waits), name: 'one', input: '{"a":1}' }
      await rig.call('StartExecution', request)
      const again = rig.call('StartExecution', { ...request, input: '{}' })
      await expect(again).rejects.toMatchObject({ code: 'ExecutionAlreadyExists', status: 400 })
    },
  },
  {
    behaviour: 'StartExecution with the name of an ended execution is ExecutionAlreadyExists',
    source: `${API}/API_StartExecution.html`,
    async check(rig) {
      const request = { stateMachineArn: rig.register(machine({ P: pass() })), name: 'one', input: '{}' }
      const { executionArn } = await rig.call<{ executionArn: string }>('StartExecution', request)
      await rig.ended(executionArn)
      const again = rig.call('StartExecution', request)
      await expect(again).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' })
    },
  },
  {
    behaviour:
      'every status change is an event of EventBridge with times in milliseconds and null for what is not',
    source: `${DG}/eventbridge-integration.html`,
    async check(rig) {
      const { executionArn, stateMachineArn, name, startDate, stopDate } = await rig.run(
        machine({ P: pass() }),
        [1],
      )
      const ended = { status: 'SUCCEEDED', stopDate: Number(stopDate) * 1000, output: '[1]', cause: null }
      const running = { status: 'RUNNING', stopDate: null, output: null, error: null }
      const detail = {
        executionArn,
        stateMachineArn,
        name,
        startDate: Number(startDate) * 1000,
        input: '[1]',
      }
      const event = {
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        resources: [executionArn],
        region: 'us-east-1',
        account: '000000000000',
      }
      expect(rig.events).toMatchObject([
        { ...event, detail: { ...detail, ...running } },
        { ...event, detail: { ...detail, ...ended } },
      ])
    },
  },
]

const stops: GoldenRow<Rig>[] = [
  {
    behaviour: 'a function that runs when its execution is stopped runs on, and nobody hears its answer',
    source: 'https://github.com/aws/aws-cdk/issues/28697',
    async check(rig) {
      const { promise, resolve } = deferred()
      rig.onInvoke(() => promise)
      const executionArn = await rig.start(machine({ T: task({ Next: 'After' }), After: task() }))
      await rig.invoked(1)
      await stop(rig, executionArn)
      resolve({ late: true })
      await rig.quiet()
      expect(rig.calls).toHaveLength(1)
      expect((await rig.types(executionArn)).at(-1)).toBe('ExecutionAborted')
      expect(await describe(rig, executionArn)).not.toHaveProperty('output')
    },
  },
  {
    behaviour: 'error and cause of StopExecution are kept as given, in the description and the history',
    source: `${MEASURED}/2734`,
    async check(rig) {
      const given = { error: 'OrderCancelled', cause: '{"by":"me"}' }
      const executionArn = await rig.start(waits)
      await stop(rig, executionArn, given)
      expect(await describe(rig, executionArn)).toMatchObject({ status: 'ABORTED', ...given })
      const last = (await rig.history(executionArn)).at(-1)
      expect(last).toMatchObject({ executionAbortedEventDetails: given })
    },
  },
  {
    behaviour: 'a stop without error and cause leaves both keys out, and empty details in the history',
    source: `${MEASURED}/2965`,
    async check(rig) {
      const executionArn = await rig.start(waits)
      await rig.entered(executionArn)
      await stop(rig, executionArn)
      const described = Object.keys(await describe(rig, executionArn))
      expect(described).not.toContain('error')
      expect(described).not.toContain('cause')
      const last = (await rig.history(executionArn)).at(-1)
      const event = { id: 3, previousEventId: 0, timestamp: expect.any(Number), type: 'ExecutionAborted' }
      expect(last).toEqual({ ...event, executionAbortedEventDetails: {} })
    },
  },
  {
    behaviour: 'a second StopExecution answers the first stop date and changes nothing',
    source: `${API}/API_StopExecution.html`,
    async check(rig) {
      const executionArn = await rig.start(waits)
      const first = await stop(rig, executionArn, { error: 'First' })
      await until(() => Date.now() / 1000 > Number(first.stopDate))
      expect(await stop(rig, executionArn, { error: 'Second' })).toEqual(first)
      expect(await describe(rig, executionArn)).toMatchObject({ error: 'First' })
      expect(rig.events.filter((event) => event.detail.status === 'ABORTED')).toHaveLength(1)
    },
  },
  {
    behaviour: 'a StopExecution of a succeeded execution leaves it succeeded',
    source: `${API}/API_StopExecution.html`,
    async check(rig) {
      const { executionArn, stopDate } = await rig.run(machine({ P: pass() }))
      expect(await stop(rig, String(executionArn))).toEqual({ stopDate })
      expect(await describe(rig, String(executionArn))).toMatchObject({ status: 'SUCCEEDED' })
    },
  },
  {
    behaviour: 'a failing branch of a Parallel stops the states of the others, whose functions run on',
    source: `${DG}/state-parallel.html`,
    async check(rig) {
      const { promise, resolve } = deferred()
      rig.onInvoke(({ fail }) => {
        if (fail) throw new FunctionError('Mine')
        return promise
      })
      const slow = machine({ S: task({ Parameters: {}, Next: 'After' }), After: task() })
      const bad = machine({ Bad: task({ Parameters: { fail: true } }) })
      const both = { Type: 'Parallel', Branches: [slow, bad], End: true }
      const executionArn = await rig.start(machine({ P: both }))
      expect(await rig.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Mine' })
      resolve(1)
      await rig.quiet()
      expect(rig.calls).toHaveLength(2)
      const last = ['TaskStateAborted', 'ParallelStateFailed', 'ExecutionFailed']
      expect((await rig.types(executionArn)).slice(-3)).toEqual(last)
    },
  },
  {
    behaviour: 'at most 40 items of an inline Map run at once',
    source: `${DG}/state-map-inline.html`,
    async check(rig) {
      const { promise, resolve } = deferred()
      rig.onInvoke(() => promise)
      const map = { Type: 'Map', ItemProcessor: machine({ T: task() }), End: true }
      const items = Array.from({ length: 60 }, (_, index) => index)
      const executionArn = await rig.start(machine({ M: map }), items)
      await rig.invoked(40)
      await rig.quiet()
      expect(rig.calls).toHaveLength(40)
      resolve(0)
      expect(await rig.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED' })
      expect(rig.calls).toHaveLength(60)
    },
  },
]

const notRedrivable = (reason: string, definition: object): GoldenRow<Rig> => ({
  behaviour: `RedriveExecution of a ${reason} execution is ExecutionNotRedrivable`,
  source: `${API}/API_RedriveExecution.html`,
  async check(rig) {
    const executionArn = await rig.start(definition)
    if (reason !== 'RUNNING') await rig.ended(executionArn)
    await expect(rig.call('RedriveExecution', { executionArn })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
      message: `Execution is ${reason} and cannot be redriven`,
    })
  },
})

const redrives: GoldenRow<Rig>[] = [
  {
    behaviour: 'RedriveExecution goes on from the state that failed, under the same ARN and with its input',
    source: `${API}/API_RedriveExecution.html`,
    async check(rig) {
      let healthy = false
      rig.onInvoke((payload) => {
        if (payload.step === 2 && !healthy) throw new FunctionError('Mine')
        return { step: Number(payload.step) + 1 }
      })
      const executionArn = await rig.start(machine({ A: task({ Next: 'B' }), B: task() }), { step: 1 })
      const failed = { status: 'FAILED', redriveStatus: 'REDRIVABLE' }
      expect(await rig.ended(executionArn)).toMatchObject(failed)
      healthy = true
      await rig.call('RedriveExecution', { executionArn })
      const redriven = { redriveCount: 1, redriveDate: expect.any(Number) }
      expect(await rig.ended(executionArn)).toMatchObject({ output: '{"step":3}', ...redriven })
      expect(rig.calls).toEqual([{ step: 1 }, { step: 2 }, { step: 2 }])
      expect(await rig.types(executionArn)).toContain('ExecutionRedriven')
      const ids = (await rig.history(executionArn)).map(({ id }) => id)
      expect(ids).toEqual(ids.map((_, index) => index + 1))
    },
  },
  notRedrivable('RUNNING', waits),
  notRedrivable('SUCCEEDED', machine({ P: pass() })),
]

const nested = (suffix: string, StateMachineArn: string) =>
  machine({
    N: {
      Type: 'Task',
      Resource: `arn:aws:states:::states:startExecution${suffix}`,
      Parameters: { StateMachineArn, Input: { 'n.$': '$.n' } },
      End: true,
    },
  })
const CONNECT = `${DG}/connect-stepfunctions.html`

const children: GoldenRow<Rig>[] = [
  {
    behaviour: 'startExecution without .sync only starts the nested execution',
    source: CONNECT,
    async check(rig) {
      const { output } = await rig.run(nested('', rig.register(waits)), { n: 1 })
      const ExecutionArn = expect.stringContaining(':execution:')
      expect(JSON.parse(output ?? '')).toMatchObject({ ExecutionArn })
    },
  },
  {
    behaviour: 'a nested execution gives its output as text with .sync and as JSON with .sync:2',
    source: CONNECT,
    async check(rig) {
      const child = rig.register(machine({ P: pass() }))
      const text = await rig.run(nested('.sync', child), { n: 1 })
      const json = await rig.run(nested('.sync:2', child), { n: 1 })
      expect(JSON.parse(text.output ?? '')).toMatchObject({ Status: 'SUCCEEDED', Output: '{"n":1}' })
      expect(JSON.parse(json.output ?? '')).toMatchObject({ Status: 'SUCCEEDED', Output: { n: 1 } })
    },
  },
  {
    behaviour: 'a nested execution that fails is States.TaskFailed with its description as cause',
    source: CONNECT,
    async check(rig) {
      const child = rig.register(machine({ F: { Type: 'Fail', Error: 'Inner' } }))
      const { error, cause } = await rig.run(nested('.sync:2', child), { n: 1 })
      expect(error).toBe('States.TaskFailed')
      expect(JSON.parse(String(cause))).toMatchObject({ Status: 'FAILED', Error: 'Inner' })
    },
  },
]

const unknown = (operation: string): GoldenRow<Rig> => ({
  behaviour: `${operation} of an unknown execution is ExecutionDoesNotExist`,
  source: `${API}/API_${operation}.html`,
  async check(rig) {
    const executionArn = machineArn('none').replace(':stateMachine:', ':execution:').concat(':none')
    await expect(rig.call(operation, { executionArn })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    })
  },
})
const OF_EXECUTIONS = ['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'RedriveExecution']

/** How executions start, stop, are redriven and nested. */
export const STATES_EXECUTIONS: GoldenRow<Rig>[] = [
  ...starts,
  ...stops,
  ...redrives,
  ...children,
  ...OF_EXECUTIONS.map(unknown),
]

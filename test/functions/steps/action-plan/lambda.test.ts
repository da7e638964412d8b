import { expect, test } from 'vitest'
import type { ActionOf, ActionResult } from '#functions/steps/action-plan/actions/action.ts'
import { abortAction, revertAction, runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { hooksOf } from '#functions/steps/action-plan/hooks.ts'
import type { FunctionEnd, LambdaCheckpoint } from '#functions/steps/action-plan/lambda/checkpoint.ts'
import type { Call, Called } from '#functions/steps/action-plan/lambda/functions.ts'
import { ActionRun, endOf, hookTools, noParts } from './action-run.ts'

type Given = ActionOf<'lambda'>['input_parameters']
type Answering = (call: Call, nth: number) => Called | Promise<Called>

const move = (more: Partial<Given> = {}): ActionOf<'lambda'> => ({
  uuid: 'a-1',
  action_type: 'lambda',
  input_parameters: { function_name: 'acme-move', payload: { vm: 7 }, ...more },
})
const DONE: Called = { kind: 'answer', answer: { moved: true } }
const OWN: Called = { kind: 'error', type: 'NoRoom', message: 'the host is full' }

/** A Lambda service that answers so, and what it was asked. */
function functions(answering: Answering) {
  const calls: Call[] = []
  let now = 0
  const parts = noParts({
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    functions: {
      call: async (call) => {
        calls.push(call)
        return answering(call, calls.length)
      },
    },
  })
  return { parts, calls }
}

const standdownOf = ({ payload }: Call) => (payload as { standdown: Record<string, unknown> }).standdown
const phasesOf = (calls: Call[]) => calls.map((call) => `${call.functionName} ${standdownOf(call).phase}`)

test('a function is called with its payload, and with who calls', async () => {
  const { parts, calls } = functions(() => DONE)
  const run = new ActionRun()
  expect(await runAction(parts, move({ timeout: 90 }), run.tools)).toBeNull()
  const standdown = {
    job_execution_id: 'job-1',
    action_plan_uuid: 'plan-1',
    action_uuid: 'a-1',
    phase: 'run',
    idempotency_key: 'job-1/a-1/run',
    sent: 1,
  }
  expect(calls).toMatchObject([{ functionName: 'acme-move', timeout: 90, payload: { vm: 7, standdown } }])
})

test('that it may run is kept before it is called', async () => {
  const run = new ActionRun()
  const { parts } = functions(() => {
    expect(run.last).toMatchObject({ sent: 1, end: null, action: { uuid: 'a-1' } })
    return DONE
  })
  expect(await endOf(runAction(parts, move(), run.tools))).toBe('ended')
})

test('its own error is that of the action, without a stack, and bounded', async () => {
  const { parts, calls } = functions(() => ({ ...OWN, message: 'x'.repeat(5_000) }) as Called)
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe(`NoRoom: ${'x'.repeat(1_000)}`)
  expect(calls.length).toBe(1)
})

test.each(['Sandbox.Timedout', 'Runtime.ExitError', 'States.ALL', 'ActionUnavailable', 'two words'])(
  'an error named %s does not steer the state machine',
  async (type) => {
    const { parts } = functions(() => ({ kind: 'error', type, message: 'm' }))
    expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toMatch(/^FunctionFailed: /)
  },
)

test('a throttle is waited for, and does not count as a call', async () => {
  const { parts, calls } = functions((_, nth) => (nth < 4 ? { kind: 'busy', why: 'throttled' } : DONE))
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe('ended')
  expect(calls.map((call) => standdownOf(call).sent)).toEqual([1, 1, 1, 1])
})

test('a throttle that lasts ends the attempt, not the action', async () => {
  const { parts, calls } = functions(() => ({ kind: 'busy', why: 'throttled' }))
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe('ActionUnavailable: throttled')
  expect(calls.length).toBeGreaterThan(8)
})

test('a call whose answer was lost is repeated with its key, and the function is told so', async () => {
  const { parts, calls } = functions((_, nth) => (nth === 1 ? { kind: 'lost', why: 'reset' } : DONE))
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe('ended')
  const told = calls.map(standdownOf)
  expect(told.map(({ sent }) => sent)).toEqual([1, 2])
  expect(new Set(told.map(({ idempotency_key: key }) => key)).size).toBe(1)
})

test('an attempt that resumes counts the call that the one before may have made', async () => {
  const { parts, calls } = functions(() => DONE)
  const run = new ActionRun({ action_type: 'lambda', action: move(), sent: 1, end: null })
  expect(await endOf(runAction(parts, move(), run.tools))).toBe('ended')
  expect(calls.map((call) => standdownOf(call).sent)).toEqual([2])
})

test.each<[string, Called, string]>([
  [
    'gives no answer in time',
    { kind: 'late', why: 'no answer within 60 s' },
    'ActionTimedOut: no answer within 60 s',
  ],
  ['is not there', { kind: 'refused', why: 'acme-move is gone' }, 'ActionRefused: acme-move is gone'],
])('a function that %s fails the action at once', async (_, called, end) => {
  const { parts, calls } = functions(() => called)
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe(end)
  expect(calls.length).toBe(1)
})

test('after an abort it is not called at all', async () => {
  const { parts, calls } = functions(() => DONE)
  const run = new ActionRun()
  run.cancel()
  expect(await endOf(runAction(parts, move(), run.tools))).toMatch('JobAborted')
  expect(calls).toEqual([])
  expect(run.last).toMatchObject({ sent: 0 })
})

/** A graceful abort while the function runs: it ends so once it has been told, or in its own time. */
async function cancelled(given: Partial<Given>, end: Called) {
  const run = new ActionRun()
  const { promise: told, resolve: tell } = Promise.withResolvers<void>()
  const { parts, calls } = functions(async (call) => {
    if (standdownOf(call).phase === 'abort') {
      tell()
      return { kind: 'answer', answer: null }
    }
    run.cancel()
    if (given.handles || given.abort_function) await told
    return end
  })
  const ended = await endOf(runAction(parts, move(given), run.tools))
  return { ended, phases: phasesOf(calls), last: run.last as LambdaCheckpoint }
}

test('a function that handles its abort is told while it runs, and has stopped where it then ends badly', async () => {
  const { phases, last } = await cancelled({ handles: ['abort'] }, OWN)
  expect(phases).toEqual(['acme-move run', 'acme-move abort'])
  expect(last.end).toMatchObject({ kind: 'stopped' })
})

test('one that is done all the same has succeeded', async () => {
  const { ended, phases } = await cancelled({ abort_function: 'acme-stop' }, DONE)
  expect([ended, phases]).toEqual(['ended', ['acme-move run', 'acme-stop abort']])
})

test('one that cannot be told is waited for', async () => {
  expect(await cancelled({}, DONE)).toMatchObject({ ended: 'ended', phases: ['acme-move run'] })
  expect((await cancelled({}, OWN)).last.end).toMatchObject({ kind: 'failed' })
})

test('by force nobody waits', async () => {
  const run = new ActionRun()
  const { parts, calls } = functions(async ({ signal }) => {
    run.force()
    signal.throwIfAborted()
    return DONE
  })
  expect(await endOf(runAction(parts, move({ handles: ['abort'] }), run.tools))).toMatch('JobAborted')
  expect(phasesOf(calls)).toEqual(['acme-move run'])
})

const left = (given: Partial<Given>, end: FunctionEnd | null, sent = 1): LambdaCheckpoint => ({
  action_type: 'lambda',
  action: move(given),
  sent,
  end,
})
const end = (kind: FunctionEnd['kind']): FunctionEnd => ({ kind, why: `it was ${kind}` })

test.each<[string, LambdaCheckpoint | null, string[], string]>([
  ['that never got so far', null, [], 'ended'],
  ['that was never called', left({ handles: ['abort'] }, null, 0), [], 'ended'],
  ['that has stopped', left({ handles: ['abort'] }, end('stopped')), [], 'ended'],
  ['that was refused', left({ handles: ['abort'] }, end('refused')), [], 'ended'],
  ['of which nothing is known', left({ handles: ['abort'] }, null), ['acme-move abort'], 'ended'],
  ['that failed', left({ abort_function: 'acme-stop' }, end('failed')), ['acme-stop abort'], 'ended'],
  [
    'that cannot be told',
    left({}, null),
    [],
    'CannotCleanUp: acme-move may still run, or have run: it handles no abort',
  ],
  ['that cannot be told, and failed', left({}, end('failed')), [], 'CannotCleanUp: it was failed'],
  ['that gave no answer in time', left({}, end('unknown')), [], 'CannotCleanUp: it was unknown'],
])('the clean-up of a function %s', async (_, checkpoint, phases, ended) => {
  const { parts, calls } = functions(() => ({ kind: 'answer', answer: null }))
  expect(await endOf(abortAction(parts, hookTools({ checkpoint })))).toBe(ended)
  expect(phasesOf(calls)).toEqual(phases)
})

test('in a job that nobody aborts a function that failed needs no clean-up', async () => {
  const { parts } = functions(() => DONE)
  const tools = hookTools({ checkpoint: left({}, end('failed')), mode: null })
  expect(await endOf(abortAction(parts, tools))).toBe('ended')
})

test('an abort that fails is tried again, one that is refused is not, a throttle is waited for', async () => {
  const checkpoint = left({ handles: ['abort'] }, null)
  const failing = functions(() => OWN)
  expect(await endOf(abortAction(failing.parts, hookTools({ checkpoint })))).toBe('NoRoom: the host is full')
  const refusing = functions(() => ({ kind: 'refused', why: 'gone' }))
  expect(await endOf(abortAction(refusing.parts, hookTools({ checkpoint })))).toBe('CannotCleanUp: gone')
  const busy = functions((_, nth) => (nth < 3 ? { kind: 'busy', why: 'throttled' } : DONE))
  expect(await endOf(abortAction(busy.parts, hookTools({ checkpoint })))).toBe('ended')
  expect(busy.calls.length).toBe(3)
})

test('a revert is given what the run answered', async () => {
  const { parts, calls } = functions(() => DONE)
  const result: ActionResult = await runAction(parts, move({ handles: ['revert'] }), new ActionRun().tools)
  expect(await endOf(revertAction(parts, hookTools({ result })))).toBe('ended')
  expect(standdownOf(calls.at(-1)!)).toMatchObject({
    phase: 'revert',
    idempotency_key: 'job-1/a-1/revert',
    answer: { moved: true },
  })
})

test('only what declares a revert has one', () => {
  expect(hooksOf('nop', {})).toEqual(['abort', 'revert'])
  expect(hooksOf('lambda', move().input_parameters)).toEqual(['abort'])
  expect(hooksOf('lambda', move({ revert_function: 'acme-back' }).input_parameters)).toEqual([
    'abort',
    'revert',
  ])
  expect(hooksOf('dance', {})).toEqual(['abort'])
})

import { expect, test } from 'vitest'
import type { ActionOf } from '#functions/steps/action-plan/actions/action.ts'
import { abortAction, revertAction, runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { hooksOf } from '#functions/steps/action-plan/hooks.ts'
import type { HttpCheckpoint } from '#functions/steps/action-plan/http/checkpoint.ts'
import { ActionRun, endOf, hookTools } from './action-run.ts'
import { ABORT, type Case, FIXED, type Given, kept, move, START, STATUS, serving } from './http-operation.ts'

test('an abort before it has begun starts nothing, and leaves nothing', async () => {
  const { service, parts } = serving()
  const run = new ActionRun()
  run.cancel()
  expect(await endOf(runAction(parts, move(), run.tools))).toMatch('JobAborted')
  expect(await endOf(abortAction(parts, hookTools({ checkpoint: run.last })))).toBe('ended')
  expect(service.asked).toEqual([])
})

/** A graceful abort while it runs, and then the clean-up, where the run did not succeed. */
async function cancelled(how: Case, given: Partial<Given> = {}) {
  const { service, parts } = serving({ states: ['RUNNING'], ...how })
  const run = new ActionRun()
  service.onAsk = (what) => what === STATUS && run.cancel()
  const ended = await endOf(runAction(parts, move(given), run.tools))
  if (ended === 'ended') return { ended, service }
  expect(ended).toMatch(/^(JobAborted|ActionRefused)/)
  service.onAsk = () => undefined
  return { ended: `left: ${await endOf(abortAction(parts, hookTools({ checkpoint: run.last })))}`, service }
}

test.each<[string, Case, string]>([
  ['undone', {}, 'left: ended'],
  [
    'undone, though its abort was answered as too late',
    { replies: { [ABORT]: [{ status: 409 }] }, states: ['RUNNING', 'CANCELLED'] },
    'left: ended',
  ],
  ['done all the same', { aborted: 'COMPLETED' }, 'ended'],
  ['failed', { aborted: 'ERROR' }, 'left: CannotCleanUp: its status is ERROR'],
  [
    'not to be seen',
    { replies: { [STATUS]: [{ status: 200, json: {} }, { status: 404 }, { status: 404 }] } },
    'left: CannotCleanUp: after its abort status: 404',
  ],
  [
    'still going on',
    { aborted: 'RUNNING' },
    'left: CannotCleanUp: 600 s after its abort it has not ended: its status is RUNNING',
  ],
  [
    'refusing its abort',
    { replies: { [ABORT]: Array(9).fill({ status: 403 }) } },
    'left: ActionRefused: abort: 403',
  ],
])('after its abort the real end decides: %s', async (_, how, end) => {
  expect((await cancelled(how)).ended).toBe(end)
})

test('an abort that is cut, or asked to wait, is sent again', async () => {
  const { ended, service } = await cancelled({
    replies: { [ABORT]: ['cut', { status: 503 }, { status: 429 }] },
  })
  expect(ended).toBe('left: ended')
  expect(service.said.filter((what) => what === ABORT).length).toBe(4)
})

test('what has no abort is waited for', async () => {
  const { status, start } = move().input_parameters
  const { service, parts } = serving({ states: ['RUNNING', 'RUNNING', 'DONE'] })
  const run = new ActionRun()
  service.onAsk = () => run.cancel()
  const action = { ...move(), input_parameters: { start, status } }
  // The first look at the abort is right before the start.
  service.onAsk = (what) => what === STATUS && run.cancel()
  expect(await endOf(runAction(parts, action as ActionOf<'http'>, run.tools))).toBe('ended')
})

test.each<[string, HttpCheckpoint, Case, string]>([
  ['undone', kept(), {}, 'ended'],
  [
    'done all the same',
    kept(),
    { aborted: 'DONE' },
    'CannotCleanUp: it was done before it could be aborted: its status is DONE',
  ],
  [
    'of which the start is not known',
    kept({ phase: 'starting', values: {} }),
    {},
    'ActionRefused: no answer has given /id for the URL of its abort',
  ],
  ['with fixed URLs', kept({ phase: 'starting', values: {} }, FIXED), {}, 'ended'],
  ['that was refused', kept({ end: { kind: 'refused', why: '' } }), {}, 'ended'],
  ['that failed by itself', kept({ end: { kind: 'failed', why: 'ERROR' } }), {}, 'CannotCleanUp: ERROR'],
])(
  'by force the clean-up aborts an operation, and waits for its end: one %s',
  async (_, checkpoint, how, end) => {
    const { parts } = serving({ states: ['RUNNING'], ...how })
    expect(await endOf(abortAction(parts, hookTools({ checkpoint, mode: 'force' })))).toBe(end)
  },
)

const IDEMPOTENT: Partial<Given> = { start: { ...move().input_parameters.start, idempotent: true } }

test('of an idempotent start whose answer was lost the clean-up learns by the same key what to abort', async () => {
  const { service, parts } = serving({ states: ['RUNNING'], replies: { [START]: ['cut'] } })
  const checkpoint = kept({ phase: 'starting', values: {} }, IDEMPOTENT)
  expect(await endOf(abortAction(parts, hookTools({ checkpoint, mode: 'force' })))).toBe('ended')
  expect(service.said).toEqual([START, START, ABORT, STATUS])
  const keys = service.asked.map(({ headers }) => headers['idempotency-key'])
  expect(keys.slice(0, 2)).toEqual(['job-1/a-1/start', 'job-1/a-1/start'])
})

test('where the service refuses the repetition nobody knows whether the first was carried out', async () => {
  const { service, parts } = serving({ replies: { [START]: [{ status: 401 }] } })
  const checkpoint = kept({ phase: 'starting', values: {} }, IDEMPOTENT)
  const end = await endOf(abortAction(parts, hookTools({ checkpoint, mode: 'force' })))
  expect(end).toBe('CannotCleanUp: whether it was started is not known: start: 401')
  expect(service.said).toEqual([START])
})

test('a clean-up that goes on does not abort twice', async () => {
  const { service, parts } = serving({ states: ['RUNNING', 'CANCELLED'] })
  const checkpoint = kept({ aborted_at: 1_000_000 })
  expect(await endOf(abortAction(parts, hookTools({ checkpoint })))).toBe('ended')
  expect(service.said).toEqual([STATUS, STATUS])
})

test('by force an operation without an abort is told as it is seen', async () => {
  const { status, start } = move().input_parameters
  const checkpoint = kept()
  checkpoint.action = { ...move(), input_parameters: { start, status } } as ActionOf<'http'>
  for (const [state, end] of [
    ['CANCELLED', 'ended'],
    ['RUNNING', 'CannotCleanUp: it may go on, as it has no abort: its status is RUNNING'],
  ] as const) {
    const { parts } = serving({ states: [state] })
    expect(await endOf(abortAction(parts, hookTools({ checkpoint })))).toBe(end)
  }
})

test('a revert is asked with what the answers had given', async () => {
  const given = { revert: { url: 'https://nova.example/moves/{/id}/back/{status/move/host}' } }
  const { service, parts } = serving()
  const result = await runAction(parts, move(given), new ActionRun().tools)
  expect(await endOf(revertAction(parts, hookTools({ result })))).toBe('ended')
  expect(service.said.at(-1)).toBe('POST /moves/m%2F1/back/h2')
  expect(hooksOf('http', move(given).input_parameters)).toEqual(['abort', 'revert'])
  expect(hooksOf('http', move().input_parameters)).toEqual(['abort'])
})

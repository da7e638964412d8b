import { expect, test } from 'vitest'
import { runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { ActionRun, endOf } from './action-run.ts'
import type { Replying } from './fake-service.ts'
import { type Case, FIXED, kept, move, START, STATUS, serving } from './http-operation.ts'

test('an operation is started once, and asked until it is done', async () => {
  const { service, parts } = serving({ states: ['RUNNING', 'RUNNING', 'DONE'] })
  const run = new ActionRun()
  expect(await endOf(runAction(parts, move(), run.tools))).toBe('ended')
  expect(service.said).toEqual([START, STATUS, STATUS, STATUS])
  expect(service.asked[0]).toMatchObject({
    body: { to: 'h2' },
    headers: { 'idempotency-key': 'job-1/a-1/start' },
  })
  expect(run.last).toMatchObject({ phase: 'started', values: { location: '/moves/m%2F1', '/id': 'm/1' } })
})

test('that it may have been started is kept before it is', async () => {
  const { service, parts } = serving()
  const run = new ActionRun()
  service.onAsk = (what) => what === START && expect(run.last).toMatchObject({ phase: 'starting' })
  expect(await endOf(runAction(parts, move(), run.tools))).toBe('ended')
  expect.assertions(2)
})

test('without a status the answer to the start is its end', async () => {
  const { service, parts } = serving()
  const { status: _, abort: __, ...given } = move().input_parameters
  const action = { ...move(), input_parameters: given }
  expect(await endOf(runAction(parts, action, new ActionRun().tools))).toBe('ended')
  expect(service.said).toEqual([START])
})

test.each<[string, Case, string]>([
  ['says that it failed', { states: ['ERROR'] }, 'OperationFailed: its status is ERROR'],
  [
    'was cancelled by others',
    { states: ['CANCELLED'] },
    'OperationFailed: its status is CANCELLED: it was cancelled by somebody else',
  ],
  [
    'is refused',
    { replies: { [START]: [{ status: 409, json: { message: 'busy\nhost' } }] } },
    'ActionRefused: start: 409 busy host',
  ],
  [
    'is redirected',
    { replies: { [START]: [{ status: 302 }] } },
    'ActionRefused: start: 302: redirects are not followed',
  ],
  [
    'never ends',
    { states: ['RUNNING'] },
    'ActionTimedOut: it has not ended within 3600 s: its status is RUNNING',
  ],
  [
    'nobody ever sees',
    { replies: { [STATUS]: Array(99).fill({ status: 404 }) } },
    'ActionRefused: status: 404',
  ],
  ['may not be asked for', { replies: { [STATUS]: [{ status: 403 }] } }, 'ActionRefused: status: 403'],
])('an operation that %s fails its action', async (_, how, end) => {
  const { parts } = serving(how)
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe(end)
})

test.each<[string, Replying[]]>([
  ['was not reached', ['not reached', 'not reached']],
  ['asks for patience', [{ status: 429 }, { status: 503, headers: { 'retry-after': '1' } }]],
])('a service that %s was not started there: it is asked again', async (_, replies) => {
  const { service, parts } = serving({ replies: { [START]: replies } })
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe('ended')
  expect(service.said.filter((what) => what === START).length).toBe(3)
})

test('a service that is away for long ends the attempt, not the action', async () => {
  const { parts } = serving({ replies: { [START]: Array(99).fill('not reached') } })
  const run = new ActionRun()
  expect(await endOf(runAction(parts, move(), run.tools))).toMatch('ActionUnavailable')
  expect(run.last).toMatchObject({ phase: 'starting' })
})

test('a status that does not come for a while ends nothing', async () => {
  const { parts } = serving({
    replies: { [STATUS]: ['cut', { status: 500 }, 'not reached', { status: 404 }] },
  })
  expect(await endOf(runAction(parts, move(), new ActionRun().tools))).toBe('ended')
})

const LOST: [string, Replying][] = [
  ['cut', 'cut'],
  ['answered by a fault', { status: 502 }],
]

test.each(LOST)('a start whose answer is %s is not sent twice', async (_, lost) => {
  const { service, parts } = serving({ replies: { [START]: [lost] } })
  const end = await endOf(runAction(parts, move(), new ActionRun().tools))
  expect(end).toMatch('StartUnanswered: whether it was started is not known, and start is not idempotent')
  expect(service.said).toEqual([START])
})

test.each(LOST)('where its answer is %s and its status needs none, that is asked', async (_, lost) => {
  const { service, parts } = serving({ replies: { [START]: [lost] } })
  expect(await endOf(runAction(parts, move(FIXED), new ActionRun().tools))).toBe('ended')
  expect(service.said).toEqual([START, STATUS, STATUS])
})

test.each(LOST)(
  'where its answer is %s and the service knows keys, it is sent again with the same',
  async (_, lost) => {
    const start = { ...move().input_parameters.start, idempotent: true }
    const { service, parts } = serving({ replies: { [START]: [lost] } })
    expect(await endOf(runAction(parts, move({ start }), new ActionRun().tools))).toBe('ended')
    const keys = service.asked
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual(['job-1/a-1/start', 'job-1/a-1/start'])
  },
)
test('a later attempt goes on with what was started', async () => {
  const { service, parts } = serving()
  expect(await endOf(runAction(parts, move(), new ActionRun(kept()).tools))).toBe('ended')
  expect(service.said).toEqual([STATUS, STATUS])
})

test('and does not start what may have been', async () => {
  const { service, parts } = serving()
  const run = new ActionRun(kept({ phase: 'starting', values: {} }))
  expect(await endOf(runAction(parts, move(), run.tools))).toMatch('StartUnanswered')
  expect(service.asked).toEqual([])
  const fixed = new ActionRun(kept({ phase: 'starting', values: {} }, FIXED))
  expect(await endOf(runAction(parts, move(FIXED), fixed.tools))).toBe('ended')
  expect(service.said).toEqual([STATUS, STATUS])
})

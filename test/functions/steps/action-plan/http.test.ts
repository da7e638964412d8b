import { expect, test } from 'vitest'
import type { ActionOf } from '#functions/steps/action-plan/actions/action.ts'
import { abortAction, revertAction, runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import { hooksOf } from '#functions/steps/action-plan/hooks.ts'
import type { HttpCheckpoint } from '#functions/steps/action-plan/http/checkpoint.ts'
import { SecretRefused } from '#functions/steps/action-plan/http/web.ts'
import { ActionRun, endOf, hookTools, noParts } from './action-run.ts'
import { FakeService, type Replying } from './fake-service.ts'

type Given = ActionOf<'http'>['input_parameters']

const move = (more: Partial<Given> = {}): ActionOf<'http'> => ({
  uuid: 'a-1',
  action_type: 'http',
  input_parameters: {
    start: { url: 'https://nova.example/moves', body: { to: 'h2' } },
    status: {
      url: '{location}',
      state: '/move/state',
      done: ['DONE', 'COMPLETED'],
      failed: ['ERROR'],
      cancelled: ['CANCELLED'],
    },
    abort: { url: 'https://nova.example/moves/{/id}' },
    ...more,
  },
})
const FIXED: Partial<Given> = {
  status: { ...move().input_parameters.status!, url: 'https://nova.example/moves/m%2F1' },
  abort: { url: 'https://nova.example/moves/m%2F1' },
}

type Case = { states?: string[]; replies?: Record<string, Replying[]>; aborted?: string }

function serving({ states = ['RUNNING', 'DONE'], replies = {}, aborted = 'CANCELLED' }: Case = {}) {
  const service = new FakeService()
  service.states = [...states]
  service.aborted = aborted
  for (const [what, list] of Object.entries(replies)) service.replies.set(what, [...list])
  let now = 1_000_000
  const parts = noParts({
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    web: service.web,
  })
  return { service, parts }
}

const START = 'POST /moves'
const STATUS = 'GET /moves/m%2F1'
const ABORT = 'DELETE /moves/m%2F1'

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

const kept = (more: Partial<HttpCheckpoint> = {}, given: Partial<Given> = {}): HttpCheckpoint => ({
  action_type: 'http',
  action: move(given),
  began: 1_000_000,
  phase: 'started',
  values: { location: '/moves/m%2F1', '/id': 'm/1' },
  aborted_at: null,
  end: null,
  ...more,
})

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

const SECRET = { headers_secret: 'standdown/nova' }

test('headers come from the secret, which no fault ever shows', async () => {
  const { service, parts } = serving({
    replies: { [START]: [{ status: 400, json: { message: 'the token s3cr3t-1\u0007 is no good' } }] },
  })
  service.secret = { 'X-Auth-Token': 's3cr3t-1' }
  const end = await endOf(runAction(parts, move(SECRET), new ActionRun().tools))
  expect(service.asked[0]?.headers).toMatchObject({ 'X-Auth-Token': 's3cr3t-1' })
  expect(end).toBe('ActionRefused: start: 400 the token ***  is no good')
})

test('a secret that was changed is read anew', async () => {
  const { service, parts } = serving({ replies: { [STATUS]: [{ status: 401 }] } })
  service.secret = { 'X-Auth-Token': 'old' }
  service.onAsk = () => {
    service.secret = { 'X-Auth-Token': 'new' }
  }
  expect(await endOf(runAction(parts, move(SECRET), new ActionRun().tools))).toBe('ended')
  expect(service.asked.map(({ headers }) => headers['X-Auth-Token'])).toEqual(['old', 'old', 'new', 'new'])
})

test('a secret goes to no other host, wherever an answer leads', async () => {
  const elsewhere = { status: 202, json: { id: 1 }, headers: { location: 'https://evil.example/moves/1' } }
  const { service, parts } = serving({ replies: { [START]: [elsewhere] } })
  service.secret = { 'X-Auth-Token': 't' }
  const end = await endOf(runAction(parts, move(SECRET), new ActionRun().tools))
  expect(end).toBe(
    'ActionRefused: the URL of its status leads to evil.example: its secret goes to nova.example only',
  )
  expect(service.said).toEqual([START])
})

test('a secret that cannot be read fails the action before anything is sent', async () => {
  const { service, parts } = serving()
  const web = { ...service.web, headersIn: async () => Promise.reject(new SecretRefused('no such secret')) }
  const run = new ActionRun()
  expect(await endOf(runAction({ ...parts, web }, move(SECRET), run.tools))).toBe(
    'ActionRefused: no such secret',
  )
  expect([service.asked, run.last]).toMatchObject([[], { end: { kind: 'refused' } }])
})

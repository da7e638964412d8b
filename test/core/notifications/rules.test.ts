import { describe, expect, test } from 'vitest'
import type { Job } from '#core/job/job.ts'
import { type JobEvent, nextJob } from '#core/job/reducer.ts'
import { notificationsOf } from '#core/notifications/envelope.ts'
import { JOB_EDGES, STATES, STEP_EDGES, type State } from '#core/states.ts'
import type { Step } from '#core/step/step.ts'
import { cleanUpAgain, cleanUpEnded, JOBS, LATER, NOW, STEPS } from '../samples.ts'

type Kind = 'job' | 'step'
const ITEMS: Record<Kind, Job | Step> = { job: JOBS.PENDING!, step: STEPS['ONGOING, live']! }

/** What is notified of an item that goes from one state to another, without its noun: `cancel.start`. */
function topics(kind: Kind, from: State, to: State): string[] {
  const inState = (state: State) => ({ ...ITEMS[kind], state }) as Job | Step
  const records = notificationsOf(inState(from), inState(to), (text) => text)
  return records.map(({ notification: { event_type } }) => {
    expect(event_type).toMatch(new RegExp(`^${kind}\\.`))
    return event_type.slice(kind.length + 1)
  })
}

const EXPECTED: Record<Kind, Record<string, string>> = {
  job: {
    'PENDING>ONGOING': 'execution.start',
    'PENDING>CANCELLING': 'cancel.start',
    'PENDING>FAILED': 'execution.start execution.error',
    'ONGOING>CANCELLING': 'cancel.start',
    'ONGOING>SUCCEEDED': 'execution.end',
    'ONGOING>FAILED': 'execution.error',
    'CANCELLING>CANCELLED': 'cancel.end',
    'CANCELLING>FAILED': 'cancel.error',
  },
  step: {
    'PENDING>ONGOING': '',
    'PENDING>CANCELLED': 'cancel.start cancel.end',
    'ONGOING>SUCCEEDED': '',
    'ONGOING>FAILED': '',
    'ONGOING>CANCELLING': 'cancel.start',
    'CANCELLING>CANCELLED': 'cancel.end',
    'CANCELLING>FAILED': 'cancel.error',
    'SUCCEEDED>CANCELLED': 'cancel.start cancel.end',
    'SUCCEEDED>FAILED': 'cancel.start cancel.error',
  },
}

const edgesOf = (edges: Record<State, readonly State[]>) =>
  STATES.flatMap((from) => edges[from].map((to) => [from, to] as const))
const pairs = STATES.flatMap((from) => STATES.map((to) => [from, to] as const))
const offEdges = (edges: Record<State, readonly State[]>) =>
  pairs.filter(([from, to]) => !edges[from].includes(to))

describe('what is notified of a change of state', () => {
  test.each(edgesOf(JOB_EDGES))('job %s > %s', (from, to) => {
    expect(topics('job', from, to).join(' ')).toBe(EXPECTED.job[`${from}>${to}`])
  })
  test.each(edgesOf(STEP_EDGES))('step %s > %s', (from, to) => {
    expect(topics('step', from, to).join(' ')).toBe(EXPECTED.step[`${from}>${to}`])
  })
  test.each(offEdges(JOB_EDGES))('nothing of a job that went from %s to %s', (from, to) => {
    expect(topics('job', from, to)).toEqual([])
  })
  test.each(offEdges(STEP_EDGES))('nothing of a step that went from %s to %s', (from, to) => {
    expect(topics('step', from, to)).toEqual([])
  })
})

/** Every way from PENDING to an end. */
function waysThrough(edges: Record<State, readonly State[]>, from: State = 'PENDING'): State[][] {
  if (edges[from].length === 0) return [[from]]
  const onward = edges[from].flatMap((to) => waysThrough(edges, to).map((way) => [from, ...way]))
  return from === 'SUCCEEDED' ? [[from], ...onward] : onward
}

const ways = (edges: Record<State, readonly State[]>) =>
  waysThrough(edges).map((way) => [way.join(' '), way] as const)
const notifiedOn = (kind: Kind, way: State[]): string =>
  way
    .slice(1)
    .flatMap((to, i) => topics(kind, way[i]!, to))
    .join(' ')

test.each(ways(JOB_EDGES))('a job that goes %s starts and ends each thing once', (_title, way) => {
  expect(notifiedOn('job', way)).toMatch(
    /^(execution\.start )?(execution\.(start execution\.)?(end|error)|cancel\.start cancel\.(end|error))$/,
  )
})

test.each(ways(STEP_EDGES))(
  'a step that goes %s notifies nothing, or one start and one end',
  (_title, way) => {
    expect(notifiedOn('step', way)).toMatch(/^(cancel\.start cancel\.(end|error))?$/)
  },
)

describe('a repeated clean-up changes no state', () => {
  const failed = JOBS['FAILED, of a clean-up']!
  const run = (job: Job, ...events: JobEvent[]) => {
    let before = job
    return events.map((event) => {
      const after = nextJob(before, event).item!
      const records = notificationsOf(before, after, (text) => text)
      before = after
      return records.map(({ notification }) => notification)
    })
  }

  test('each run has a start, then an end or an error, with who and when', () => {
    const ben = { ...cleanUpAgain, requested_by: 'ben', at: LATER }
    const sent = run(failed, cleanUpAgain, cleanUpEnded(['copy: it broke']), ben, {
      ...cleanUpEnded(),
      run: 2,
    })
    expect(sent.map((all) => all.map(({ event_type }) => event_type))).toEqual([
      ['job.cleanup.start'],
      ['job.cleanup.error'],
      ['job.cleanup.start'],
      ['job.cleanup.end'],
    ])
    const [first, error, second] = sent.map(([only]) => only)
    expect(first).toMatchObject({ sequence: failed.notified + 1, priority: 'INFO' })
    const data = (one: typeof first) => one?.payload.data
    expect(data(first)).toMatchObject({
      state: 'FAILED',
      clean_up: { run: 1, requested_by: 'someone', requested_at: NOW },
    })
    expect(data(second)).toMatchObject({ clean_up: { run: 2, requested_by: 'ben', requested_at: LATER } })
    expect(error).toMatchObject({ priority: 'ERROR' })
    expect(data(error)?.fault).toMatchObject({
      exception: 'CleanUpFailed',
      exception_message: 'copy: it broke',
    })
  })

  test('the same request, repeated while it runs, sends nothing', () => {
    const [first, again] = run(failed, cleanUpAgain, cleanUpAgain)
    expect([first?.length, again?.length]).toEqual([1, 0])
  })
})

describe('the id of a message', () => {
  const idsOf = <Item extends Job | Step>(before: Item, after: Item): string[] =>
    notificationsOf(before, after, (text) => text).map(({ notification }) => notification.message_id)

  test('is of one life of a job: one that has its id again has other messages', () => {
    const [before, after] = [JOBS.ONGOING!, JOBS['CANCELLING, force']!]
    const anew = idsOf({ ...before, created_at: LATER }, { ...after, created_at: LATER })
    expect(anew).not.toEqual(idsOf(before, after))
  })

  test('is of one execution of a step, or of the abort that skipped it', () => {
    const [before, after] = [STEPS['ONGOING, live']!, STEPS['CANCELLING, fenced']!]
    const life = { execution_started_at: LATER }
    expect(idsOf({ ...before, ...life }, { ...after, ...life })).not.toEqual(idsOf(before, after))
    const skipped = STEPS['CANCELLED, skipped']!
    const later = { ...skipped, abort_request: { ...skipped.abort_request!, requested_at: LATER } }
    expect(idsOf(STEPS.SUCCEEDED!, later)).not.toEqual(idsOf(STEPS.SUCCEEDED!, skipped))
  })

  test('of an item of layout 1 stays what was sent', () => {
    const old = <Item extends Job | Step>(item: Item): Item => ({ ...item, layout: 1 })
    expect(idsOf(old(JOBS.ONGOING!), old(JOBS['CANCELLING, force']!))).toEqual(['j|JOB|2|cancel.start'])
  })
})

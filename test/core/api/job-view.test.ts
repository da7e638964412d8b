import { expect, test } from 'vitest'
import { jobView, listedJob, templateView } from '#core/api/answers.ts'
import { viewJob, viewListedJob } from '#core/api/job-view.ts'
import { viewTemplate } from '#core/api/template-view.ts'
import { stepLabel, stepSortKey } from '#core/step/step.ts'
import { plainJson } from '#core/text/plain-json.ts'
import {
  abort,
  cleanUpAgain,
  close,
  FAULT,
  inline,
  JOBS,
  jobAfter,
  LATER,
  NOW,
  STEPS,
  settle,
  stepIn,
} from '../samples.ts'
import { shuffled } from '../shuffled.ts'
import { TEMPLATE } from '../template-samples.ts'

const view = (state: string, steps = [STEPS['ONGOING, live']!], now = NOW) =>
  viewJob(JOBS[state]!, { steps, template: TEMPLATE, now })

test.each(Object.keys(JOBS))('a job that is %s is shown as the schema says', (state) => {
  const shown = view(state, Object.values(STEPS))
  expect(jobView.parse(shown)).toEqual(shown)
})

test.each(Object.keys(JOBS))(
  "a job that is %s has its fields in the schema's order, as do its parts",
  (state) => {
    const shown = viewJob(shuffled(JOBS[state]!), {
      ...shuffled({ steps: Object.values(STEPS) }),
      template: TEMPLATE,
      now: NOW,
    })
    expect(JSON.stringify(shown)).toBe(JSON.stringify(jobView.parse(shown)))
    expect(JSON.stringify(shown)).toBe(JSON.stringify(view(state, Object.values(STEPS))))
  },
)

test('who, what and when come first, then the abort, the progress, the fault and the steps', () => {
  const input = { zone: 'b', bucket: 'a' }
  const escalated = jobAfter(
    abort('graceful', { reason: 'first', force_at: LATER }),
    abort('force', { reason: 'faster' }),
    close('ABORTED'),
    settle(FAULT, [{ step: 'mail', index: null, reason: 'what was sent stays sent' }]),
    cleanUpAgain,
  )
  const progress = { done: 1, total: 4, unit: 'objects' }
  const step = { ...STEPS.FAILED!, progress, lease_until: null }
  const shown = viewJob(shuffled({ ...escalated, input: inline(input) }), {
    steps: [shuffled(step)],
    template: null,
    now: NOW,
  })
  const asked = { requested_by: 'someone', requested_at: NOW }
  const reason = 'the job is FAILED already'
  expect(JSON.stringify(JSON.parse(plainJson(shown)), null, 1)).toBe(
    JSON.stringify(
      {
        job_execution_id: 'j',
        template: 'demo',
        tenant_id: 'default',
        state: 'FAILED',
        execution_arn: 'arn',
        execution_started_at: null,
        created_at: NOW,
        created_by: 'me',
        started_at: null,
        ended_at: NOW,
        updated_at: NOW,
        version: 6,
        input,
        abort_request: {
          mode: 'force',
          reason: 'first',
          ...asked,
          force_at: LATER,
          rollback: false,
          escalations: [{ mode: 'force', rollback: false, force_at: LATER, reason: 'faster', ...asked }],
        },
        supported_abort_modes: [
          { mode: 'graceful', supported: false, reason },
          { mode: 'force', supported: false, reason },
        ],
        progress,
        fault: FAULT,
        left_behind: ['copy: it broke'],
        not_undone: [{ step: 'mail', index: null, reason: 'what was sent stays sent' }],
        clean_up: { run: 1, requested_by: 'someone', requested_at: NOW, ended_at: null },
        execution_end: { status: 'ABORTED', error: null, cause: null },
        step_counts: { PENDING: 0, ONGOING: 0, CANCELLING: 0, CANCELLED: 0, SUCCEEDED: 0, FAILED: 1 },
        more_steps: false,
        steps: [
          {
            name: 'copy',
            index: null,
            order: 2,
            state: 'FAILED',
            abortable: 'checkpoint',
            attempt: 1,
            started_at: NOW,
            ended_at: NOW,
            progress,
            checkpoint_at: null,
            lease_until: null,
            fault: null,
            cleaned_up: false,
            clean_up_fault: FAULT,
            not_responding_since: null,
            awaited_until: null,
          },
        ],
      },
      null,
      1,
    ),
  )
})

test('what is internal is not shown', () => {
  const shown = JSON.stringify(view('CANCELLING, force'))
  for (const name of ['owner', 'epoch', 'notified', 'generation', 'dead_by'])
    expect(shown).not.toContain(`"${name}"`)
})

test('steps that have not run are shown as PENDING until the job has ended', () => {
  const [list, copy] = view('ONGOING').steps
  expect(list).toMatchObject({ name: 'list', state: 'PENDING', attempt: 0 })
  expect(copy).toMatchObject({ name: 'copy', state: 'ONGOING' })
  expect(view('SUCCEEDED', []).steps).toEqual([])
})

test('a job that failed lists the steps that it never reached', () => {
  const [list, copy] = view('FAILED', [stepIn('FAILED', { name: 'list', order: 1, fault: FAULT })]).steps
  expect(list).toMatchObject({ name: 'list', state: 'FAILED', fault: FAULT })
  expect(copy).toMatchObject({ name: 'copy', state: 'PENDING', attempt: 0, started_at: null })
})

test('the own fault of a step is shown beside that of its clean-up', () => {
  const worse = { ...FAULT, function_name: 'abort' }
  const clean_up = { hook: 'abort' as const, call: 'c', fault: worse, again: false }
  const [, step] = view('FAILED', [stepIn('FAILED', { fault: FAULT, clean_up })]).steps
  expect(step).toMatchObject({ fault: FAULT, clean_up_fault: worse, cleaned_up: false })
})

test('a step that does not see the abort is shown as silent since its last checkpoint', () => {
  const heard = {
    ...STEPS['ONGOING, live']!,
    checkpoint_at: NOW,
    lease_until: null,
    dead_by: '2026-01-31T11:00:00.000Z',
  }
  expect(view('CANCELLING, graceful', [heard]).steps.at(-1)?.not_responding_since).toBeNull()
  expect(view('CANCELLING, graceful', [heard], LATER).steps.at(-1)?.not_responding_since).toBe(NOW)
  const deaf = { ...heard, abortable: 'never' as const }
  expect(view('CANCELLING, graceful', [deaf], LATER).steps.at(-1)?.not_responding_since).toBeNull()
  expect(view('ONGOING', [heard], LATER).steps.at(-1)?.not_responding_since).toBeNull()
})

test('a step that the stand-down waits for says until when', () => {
  const live = { ...STEPS['ONGOING, live']!, lease_until: LATER, dead_by: null }
  const closed = jobAfter(abort('force'), close('ABORTED'))
  const awaited = (step: Partial<typeof live>, job = closed) =>
    viewJob(job, { steps: [{ ...live, ...step }], template: null, now: NOW }).steps[0]?.awaited_until
  expect(awaited({})).toBe(LATER)
  expect(awaited({ state: 'CANCELLING' })).toBe(LATER)
  expect(awaited({ attempt_ended: true })).toBeNull()
  expect(awaited({ state: 'SUCCEEDED' })).toBeNull()
  const cleaning = { hook: 'abort', call: 'c', fault: null, again: false } as const
  expect(awaited({ state: 'CANCELLING', clean_up: cleaning })).toBeNull()
  expect(awaited({}, JOBS['CANCELLING, force']!)).toBeNull()
})

test('sort keys follow the chain, and no name can be taken for another', () => {
  const key = (
    name: string,
    order: number,
    index: number | string | null = null,
    visit: string | null = null,
  ) => stepSortKey({ name, order, index, visit })
  const keys = [key('b', 1), key('a', 2, 2), key('a', 2, 10), key('z', 10)]
  expect([...keys].sort()).toEqual(keys)
  expect(key('a#0000001', 1)).not.toBe(key('a', 1, 1))
  expect(key('a', 1, 'x', '2')).toBe('STEP#00001#a#x@2')
  expect(stepLabel({ name: 'a', index: 0 })).toBe('a[0]')
})

test('of many steps the first hundred are shown, and all are counted by their state', () => {
  const children = Array.from({ length: 150 }, (_, index) =>
    stepIn(index < 120 ? 'SUCCEEDED' : 'ONGOING', { index }),
  )
  const shown = view('ONGOING', children)
  expect(shown.steps).toHaveLength(100)
  expect(shown.steps[0]).toMatchObject({ name: 'list', state: 'PENDING' })
  expect(shown.step_counts).toMatchObject({ PENDING: 1, ONGOING: 30, SUCCEEDED: 120, FAILED: 0 })
})

test('where not all steps were read, nothing is said of the others', () => {
  const steps = [stepIn('ONGOING', { progress: { done: 1, total: 2, unit: 'objects' } })]
  const template = {
    ...TEMPLATE,
    steps: ['list', 'copy', 'verify'].map((name, i) => ({ ...TEMPLATE.steps[0]!, name, order: i + 1 })),
  }
  const shown = viewJob(JOBS.ONGOING!, { steps, moreSteps: true, template, now: NOW })
  expect(shown).toMatchObject({ more_steps: true, progress: null, step_counts: { PENDING: 1, ONGOING: 1 } })
  expect(shown.steps.map(({ name }) => name)).toEqual(['list', 'copy'])
})

test('of very many steps that a graceful abort waits for, the first are named', () => {
  const steps = Array.from({ length: 900 }, (_, index) => ({
    ...STEPS['ONGOING, live']!,
    abortable: 'never' as const,
    index,
  }))
  const [graceful] = view('ONGOING', steps).supported_abort_modes
  expect(graceful?.reason).toBe(
    'waits for the end of copy[0], copy[1], copy[2], copy[3], copy[4] and 895 more',
  )
})

test.each(Object.keys(JOBS))('in a list a job that is %s says nothing of steps that nobody read', (state) => {
  const template = { name: 'demo', abort_modes: ['force' as const] }
  const shown = viewListedJob(shuffled(JOBS[state]!), { template, now: NOW })
  expect(JSON.stringify(shown)).toBe(JSON.stringify(listedJob.parse(shown)))
  expect(Object.keys(shown)).not.toContain('steps')
})

test('a template is shown as the schema says, without where its functions are', () => {
  const shown = viewTemplate({ ...shuffled(TEMPLATE), definition: TEMPLATE.definition })
  expect(JSON.stringify(shown)).toBe(JSON.stringify(templateView.parse(shown)))
  expect(JSON.stringify(shown)).not.toContain(TEMPLATE.steps[0]!.function_arn)
})

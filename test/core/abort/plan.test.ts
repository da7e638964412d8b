import { describe, expect, test } from 'vitest'
import { supportedModes } from '#core/abort/modes.ts'
import { planAbort } from '#core/abort/plan.ts'
import { abortPlan } from '#core/api/answers.ts'
import type { Abortable } from '#core/step/step.ts'
import type { Template } from '#core/template.ts'
import { JOBS, NOW, STEPS, stepIn } from '../samples.ts'
import { TEMPLATE, templateStep } from '../template-samples.ts'

const live = (abortable: Abortable) => ({ ...STEPS['ONGOING, live']!, abortable })
const plan = (steps: Parameters<typeof planAbort>[1]['steps'], options: object, template = TEMPLATE) =>
  planAbort(JOBS.ONGOING!, { template, steps }, { mode: 'graceful', rollback: false, now: NOW, ...options })

describe('what an abort does to a step', () => {
  const rows = [
    ['runs, checkpoints', live('checkpoint'), 'stop_at_checkpoint clean_up', 'stop_at_checkpoint clean_up'],
    ['runs to its boundary', live('boundary'), 'stop_at_boundary stays', 'stop_at_boundary revert'],
    ['cannot be stopped', live('never'), 'cannot_stop stays', 'cannot_stop revert'],
    ['waits for its retry', STEPS['ONGOING, given back']!, 'clean_up', 'clean_up'],
    ['has been fenced', STEPS['CANCELLING, acknowledged']!, 'clean_up', 'clean_up'],
    ['is done', STEPS.SUCCEEDED!, 'stays', 'revert'],
    ['was cancelled', STEPS.CANCELLED!, 'stays', 'stays'],
    ['failed', STEPS.FAILED!, 'stays', 'stays'],
    [
      'goes on after its time',
      STEPS['ONGOING, to resume']!,
      'stop_at_boundary stays',
      'stop_at_boundary revert',
    ],
    ['was refused before it ran', STEPS['CANCELLING, declined']!, 'stays', 'stays'],
  ] as const
  test.each(rows)('that %s', (_title, step, without, withRollback) => {
    expect(plan([step], {}).steps[0]?.actions.join(' ')).toBe(without)
    expect(plan([step], { rollback: true }).steps[0]?.actions.join(' ')).toBe(withRollback)
  })
  test.each(['checkpoint', 'boundary', 'never'] as const)('force stops one that is "%s" now', (abortable) => {
    expect(plan([live(abortable)], { mode: 'force' }).steps[0]?.actions).toEqual(['stop_now', 'clean_up'])
  })
})

test.each([
  ['runs', live('checkpoint'), 'stop_at_checkpoint stays'],
  ['waits for its retry', STEPS['ONGOING, given back']!, 'stays'],
  ['is done', STEPS.SUCCEEDED!, 'stays'],
] as const)('what a step without hooks did, that %s, stays', (_title, step, actions) => {
  const steps = TEMPLATE.steps.map((known) => ({ ...known, hooks: [] }))
  const planned = plan([{ ...step, hooks: null }], { rollback: true }, { ...TEMPLATE, steps })
  expect(plan([{ ...step, hooks: [] }], { rollback: true }).steps).toEqual(planned.steps)
  expect(planned.steps[0]?.actions.join(' ')).toBe(actions)
})

test('steps without an item never start, and the plan is what the schema says', () => {
  const planned = plan([stepIn('SUCCEEDED', { name: 'list', order: 1 })], {})
  expect(planned.steps.at(-1)).toEqual({
    name: 'copy',
    index: null,
    state: 'PENDING',
    actions: ['never_starts'],
  })
  expect(abortPlan.parse(planned)).toEqual(planned)
})

test('what cannot be undone is named, as far as it was begun', () => {
  const steps = [templateStep('list', 1), templateStep('copy', 2, { irreversible: 'the source is gone' })]
  const template: Template = { ...TEMPLATE, steps }
  const copies = [
    { ...live('checkpoint'), index: 0 },
    { ...live('checkpoint'), index: 1, touched: false },
  ]
  expect(plan(copies, {}, template).cannot_be_undone).toEqual(['copy[0]: the source is gone'])
  expect(plan([], {}, template).cannot_be_undone).toEqual([])
})

describe('which modes can be asked for', () => {
  const unclaimed = { template: TEMPLATE, steps: [], now: NOW }
  test.each([
    ['PENDING', true, true],
    ['ONGOING', true, true],
    ['ONGOING, closed', false, true],
    ['CANCELLING, graceful', false, true],
    ['CANCELLING, force', false, false],
    ['CANCELLED', false, false],
    ['SUCCEEDED', false, false],
    ['FAILED', false, false],
  ])('%s: graceful %s, force %s', (state, graceful, force) => {
    const modes = supportedModes(JOBS[state]!, unclaimed)
    expect(modes.map((mode) => [mode.mode, mode.supported])).toEqual([
      ['graceful', graceful],
      ['force', force],
    ])
    for (const { supported, reason } of modes) expect(supported || reason !== null).toBe(true)
  })

  test('a template may rule out graceful, never force', () => {
    const template: Template = { ...TEMPLATE, abort_modes: ['force'] }
    const [graceful, force] = supportedModes(JOBS.ONGOING!, { ...unclaimed, template })
    expect(graceful).toMatchObject({ supported: false, reason: 'the template demo supports force only' })
    expect(force).toMatchObject({ supported: true, reason: null })
  })

  test('graceful says for which steps it waits', () => {
    const steps = [live('checkpoint'), { ...live('never'), index: 2 }]
    const [graceful] = supportedModes(JOBS.ONGOING!, { ...unclaimed, steps })
    expect(graceful).toMatchObject({ supported: true, reason: 'waits for the end of copy[2]' })
  })
})

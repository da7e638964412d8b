import { expect, test } from 'vitest'
import type { ActionOf } from '#functions/steps/action-plan/actions/action.ts'
import { abortAction, runAction } from '#functions/steps/action-plan/actions/run-action.ts'
import type { JobCheckpoint, JobEnd } from '#functions/steps/action-plan/job/checkpoint.ts'
import type { Child, ChildQuestion } from '#functions/steps/action-plan/job/child-jobs.ts'
import { ActionRun, endOf, hookTools, noParts } from './action-run.ts'

const ACTION: ActionOf<'job'> = {
  uuid: 'a-1',
  action_type: 'job',
  input_parameters: { template: 'lab', input: { ms: 5 } },
}

const child = (state: string, fault: string | null = null): Child => ({
  kind: 'job',
  job_execution_id: 'child-1',
  state,
  fault,
})

/** A product whose job is so at each question, the last answer for ever; `onAsk` hears of each. */
function answering(answers: (Child | null)[], onAsk: (asked: string[]) => void = () => undefined) {
  const questions: ChildQuestion[] = []
  const asked = (): string[] => questions.map(({ ask }) => ask)
  const left = [...answers]
  const parts = noParts({
    jobs: {
      ask: async (question) => {
        questions.push(question)
        onAsk(asked())
        return (left.length > 1 ? left.shift() : left[0]) ?? null
      },
    },
  })
  return { parts, questions, asked }
}

test('a job is started by its parent and the action, and waited for', async () => {
  const { parts, questions, asked } = answering([child('PENDING'), child('ONGOING'), child('SUCCEEDED')])
  expect(await endOf(runAction(parts, ACTION, new ActionRun().tools))).toBe('ended')
  expect(asked()).toEqual(['start', 'look', 'look'])
  const about = { parent: 'job-1', action_uuid: 'a-1', template: 'lab', input: { ms: 5 } }
  for (const question of questions) expect(question).toMatchObject(about)
})

test('what cannot be answered for now is asked again', async () => {
  const { parts, asked } = answering([null, null, child('ONGOING'), null, child('SUCCEEDED')])
  expect(await endOf(runAction(parts, ACTION, new ActionRun().tools))).toBe('ended')
  expect(asked()).toEqual(['start', 'start', 'start', 'look', 'look'])
})

test.each<[string, Child, string]>([
  ['failed', child('FAILED', 'NoRoom: full'), 'OperationFailed: the job child-1 is FAILED: NoRoom: full'],
  ['was aborted by others', child('CANCELLED'), 'OperationFailed: the job child-1 is CANCELLED'],
  ['is refused', { kind: 'refused', why: 'nest 3 deep at most' }, 'ActionRefused: nest 3 deep at most'],
])('a job that %s fails its action', async (_, last, end) => {
  const { parts } = answering([child('PENDING'), last])
  expect(await endOf(runAction(parts, ACTION, new ActionRun().tools))).toBe(end)
})

test('an abort before it has begun starts none, and leaves none', async () => {
  const { parts, asked } = answering([child('SUCCEEDED')])
  const run = new ActionRun()
  run.cancel()
  expect(await endOf(runAction(parts, ACTION, run.tools))).toMatch('JobAborted')
  expect(await endOf(abortAction(parts, hookTools({ checkpoint: run.last })))).toBe('ended')
  expect(asked()).toEqual([])
})

test.each<[string, Child, string, JobEnd['kind'] | undefined]>([
  ['cancelled', child('CANCELLED'), 'OperationFailed: the job child-1 is CANCELLED', 'cancelled'],
  ['done all the same', child('SUCCEEDED'), 'ended', undefined],
  ['failed', child('FAILED'), 'OperationFailed: the job child-1 is FAILED', 'failed'],
])('a job is aborted with its plan, once, and its end decides: %s', async (_, last, end, kind) => {
  const run = new ActionRun()
  const answers = [child('PENDING'), child('ONGOING'), child('CANCELLING'), child('CANCELLING'), last]
  const { parts, asked } = answering(answers, (so) => so.length === 2 && run.cancel())
  expect(await endOf(runAction(parts, ACTION, run.tools))).toBe(end)
  expect(asked()).toEqual(['start', 'look', 'abort', 'look', 'look'])
  expect((run.last as JobCheckpoint).end?.kind).toBe(kind)
})

const left = (end: JobEnd | null = null): JobCheckpoint => ({
  action_type: 'job',
  action: ACTION,
  asked: true,
  end,
})

test.each<[string, Child[], string]>([
  ['is cancelled', [child('CANCELLING'), child('CANCELLED')], 'ended'],
  ['was never started', [{ kind: 'missing', why: 'never' }], 'ended'],
  ['had succeeded', [child('SUCCEEDED')], 'CannotCleanUp: its job succeeded before it could be aborted'],
  ['fails', [child('FAILED')], 'CannotCleanUp: the job child-1 is FAILED'],
])('by force the clean-up aborts the job, and waits for its end: one that %s', async (_, answers, end) => {
  const { parts, asked } = answering(answers)
  expect(await endOf(abortAction(parts, hookTools({ checkpoint: left(), mode: 'force' })))).toBe(end)
  expect(new Set(asked())).toEqual(new Set(['abort']))
})

test('a job whose end is known is not asked for again', async () => {
  const { parts, asked } = answering([child('CANCELLED')])
  const checkpoint = left({ kind: 'cancelled', why: '' })
  expect(await endOf(abortAction(parts, hookTools({ checkpoint })))).toBe('ended')
  expect(asked()).toEqual([])
})

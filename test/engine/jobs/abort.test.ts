import { expect, test } from 'vitest'
import type { ExecutionEnd } from '#core/job/job.ts'
import { type AbortCommand, planJobAbort } from '#engine/jobs/abort.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { failure, invoke, stepOf } from '#test/sdk/kit.ts'
import { type MemoryHouse, openMemoryHouse, step } from '../house.ts'
import { withCalls } from '../with-calls.ts'

const open = (): MemoryHouse => openMemoryHouse([step('list', 1), step('copy', 2)])
const ABORTED: ExecutionEnd = { status: 'ABORTED', error: null, cause: null }
const FAILED: ExecutionEnd = { status: 'FAILED', error: 'DiskFull', cause: null }

const LATE_ROLLBACK = { option: 'rollback', reason: 'the clean-up has begun without it' }
const LATE_DEADLINE = { option: 'force_after_seconds', reason: 'the execution has ended already' }

/** A job that runs, is aborted thus, and whose stand-down has begun. */
async function closedJob(house: MemoryHouse, end: ExecutionEnd, first?: Partial<AbortCommand>) {
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'list' }))
  if (first) await (await house.abort(job, first.mode ?? 'graceful', first)).stopping
  else house.executions.end(job.execution_arn, end.status, end)
  await drain(house.ports, { job_execution_id: job.job_execution_id, end })
  return job
}

test.each([
  ['a rollback by graceful', 'graceful', { rollback: true }],
  ['a rollback by force', 'force', { rollback: true }],
  ['a deadline', 'graceful', { force_after_seconds: 60 }],
  ['both', 'graceful', { rollback: true, force_after_seconds: 60 }],
] as const)(
  '%s is added to a running abort, and is an escalation with its own who and why',
  async (_title, mode, more) => {
    const house = openMemoryHouse([step('list', 1, { abortable: 'never' })])
    const job = await house.start()
    await house.abort(job, 'graceful', { requested_by: 'anna', reason: 'first' })
    const asked = { ...more, requested_by: 'ben', reason: 'second' }
    const { changed, notTaken, job: after } = await house.abort(job, mode, asked)
    expect({ changed, notTaken }).toEqual({ changed: true, notTaken: [] })
    const rollback = 'rollback' in more
    const force_at = 'force_after_seconds' in more ? expect.any(String) : null
    expect(after.abort_request).toMatchObject({
      requested_by: 'anna',
      reason: 'first',
      mode,
      rollback,
      force_at,
    })
    expect(after.abort_request?.escalations).toEqual([
      { mode, rollback, force_at, requested_by: 'ben', reason: 'second', requested_at: expect.any(String) },
    ])
    const again = await house.abort(job, mode, { ...more, requested_by: 'cleo' })
    expect({ changed: again.changed, notTaken: again.notTaken }).toEqual({ changed: false, notTaken: [] })
  },
)

test('graceful, then force with rollback: both are taken, and the job is rolled back', async () => {
  const house = open()
  const job = await house.start()
  const undone: string[] = []
  const list = stepOf(house, { name: 'list', revert: async () => void undone.push('list') })
  await invoke(house, job, list)
  await house.abort(job, 'graceful')
  const { changed, notTaken } = await house.abort(job, 'force', { rollback: true })
  expect({ changed, notTaken }).toEqual({ changed: true, notTaken: [] })
  expect((await house.standDown(job, { list })).state).toBe('CANCELLED')
  expect(undone).toEqual(['list'])
})

test.each([
  ['graceful', 'graceful', { rollback: true }, false, [LATE_ROLLBACK]],
  ['graceful', 'force', { rollback: true }, true, [LATE_ROLLBACK]],
  ['graceful', 'graceful', { force_after_seconds: 9 }, false, [LATE_DEADLINE]],
  ['graceful', 'graceful', { rollback: true, force_after_seconds: 9 }, false, [LATE_ROLLBACK, LATE_DEADLINE]],
  ['force', 'force', { rollback: true }, false, [LATE_ROLLBACK]],
  ['force', 'force', {}, false, []],
] as const)(
  'while %s is being cleaned up, %s with %j: changed %s, and what came too late is named',
  async (first, mode, more, changed, notTaken) => {
    const house = open()
    const job = await closedJob(house, ABORTED, { mode: first })
    const answer = await house.abort(job, mode, more)
    expect({ changed: answer.changed, notTaken: answer.notTaken }).toEqual({ changed, notTaken })
    expect(answer.job.abort_request).toMatchObject({ rollback: false, force_at: null })
  },
)

test('what is asked for late but is there already is not named', async () => {
  const house = open()
  const job = await closedJob(house, ABORTED, { mode: 'graceful', rollback: true })
  const { changed, notTaken } = await house.abort(job, 'graceful', { rollback: true })
  expect({ changed, notTaken }).toEqual({ changed: false, notTaken: [] })
})

test('force is taken while a failed execution is cleaned up, graceful is refused', async () => {
  const house = open()
  const job = await closedJob(house, FAILED)
  expect((await failure(house.abort(job, 'graceful'))).name).toBe('JobEndedError')
  const { changed, notTaken, job: forced } = await house.abort(job, 'force', { rollback: true })
  expect({ changed, notTaken }).toEqual({ changed: true, notTaken: [LATE_ROLLBACK] })
  expect(forced).toMatchObject({ state: 'CANCELLING', abort_request: { mode: 'force', rollback: false } })
  const settled = await house.standDown(job, {})
  expect(settled).toMatchObject({ state: 'CANCELLED', fault: null, closed: { end: FAILED } })
})

test('a force accepted while the job is being settled is settled as an abort, with every step written', async () => {
  const house = open()
  const job = await closedJob(house, FAILED)
  const { ports } = house
  let first = true
  const jobs = withCalls(ports.jobs, {
    apply: async (id, event, guess) => {
      if (event.type === 'settle' && first) {
        first = false
        await house.abort(job, 'force')
      }
      return ports.jobs.apply(id, event, guess)
    },
  })
  const settled = await settleJob({ ...ports, jobs }, { job_execution_id: job.job_execution_id, end: FAILED })
  expect(settled).toMatchObject({ state: 'CANCELLED', fault: null })
  const states = (await ports.steps.list(job.job_execution_id)).map(({ name, state }) => `${name} ${state}`)
  expect(states).toEqual(['list SUCCEEDED', 'copy CANCELLED'])
})

test('the plan of a further abort is that of both, and says what would come too late', async () => {
  const house = open()
  const command = (id: string, mode: 'graceful' | 'force', rollback: boolean): AbortCommand => ({
    ...{ job_execution_id: id, mode, rollback, reason: null, requested_by: 'me' },
    force_after_seconds: null,
  })
  const running = await house.start()
  await house.abort(running, 'force', { rollback: true })
  const both = await planJobAbort(house.ports, command(running.job_execution_id, 'graceful', false))
  expect(both).toMatchObject({ mode: 'force', rollback: true, not_taken: [] })
  const closed = await closedJob(house, ABORTED, { mode: 'graceful' })
  const late = await planJobAbort(house.ports, command(closed.job_execution_id, 'graceful', true))
  expect(late).toMatchObject({ mode: 'graceful', rollback: false, not_taken: [LATE_ROLLBACK] })
  expect(late.steps[0]?.actions).toEqual(['stays'])
})

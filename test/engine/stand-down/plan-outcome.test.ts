import { describe, expect, test } from 'vitest'
import type { AbortPlan } from '#core/api/answers.ts'
import type { Hook } from '#core/clean-up/hook.ts'
import type { AbortMode, Job } from '#core/job/job.ts'
import { OWN_ABORTABLES, type OwnAbortable, type Step } from '#core/step/step.ts'
import { planJobAbort } from '#engine/jobs/abort.ts'
import type { StepHandler } from '#sdk/define-step.ts'
import { gate, invoke, stepOf } from '#test/sdk/kit.ts'
import { lambdaContext, type MemoryHouse, openMemoryHouse, step } from '../house.ts'

// What a dry run says of an abort, against what the same abort then does: every kind of step, in every state.

type State = 'never claimed' | 'running' | 'waiting for its retry' | 'out of time' | 'done'
type Case = {
  abortable: OwnAbortable
  hooks: Hook[]
  irreversible: string | null
  state: State
  mode: AbortMode
  rollback: boolean
}

const IRREVERSIBLE = 'what was sent stays sent'
const STATES: State[] = ['never claimed', 'running', 'waiting for its retry', 'out of time', 'done']
const HOOK_SETS: Hook[][] = [[], ['abort'], ['revert'], ['abort', 'revert']]

const casesOf = (state: State, abortable: OwnAbortable): Case[] =>
  HOOK_SETS.flatMap((hooks) =>
    [null, IRREVERSIBLE].flatMap((irreversible) =>
      (['graceful', 'force'] as const).flatMap((mode) =>
        [false, true].map((rollback) => ({ abortable, hooks, irreversible, state, mode, rollback })),
      ),
    ),
  )

type Running = { handler: StepHandler; release(): void; ended: Promise<unknown> }

/** Brings the step into its state; one that runs, or runs again, goes on when it is released. */
async function bring(house: MemoryHouse, job: Job, { abortable, hooks, state }: Case): Promise<Running> {
  const [started, released] = [gate(), gate()]
  const hook = async (): Promise<void> => undefined
  const handler = stepOf(house, {
    name: 'copy',
    abortable,
    ...Object.fromEntries(hooks.map((name) => [name, hook])),
    run: async (_input, { attempt, checkpoint, signal }) => {
      if (state === 'waiting for its retry') throw new Error('no disk')
      if (state === 'done') return 'done'
      started.open()
      if (state === 'out of time' && attempt === 1) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        throw signal.reason
      }
      await released.passed
      await checkpoint()
      return 'done'
    },
  })
  if (state === 'never claimed') return { handler, release: released.open, ended: Promise.resolve() }
  const remaining = state === 'out of time' ? 6_000 : 60_000
  const ended = handler(house.payload(job, 'copy'), lambdaContext(remaining)).catch((error) => error)
  if (state === 'running') await started.passed
  else if (state === 'out of time') await started.passed.then(() => house.pass(2_000))
  if (state !== 'running') await ended
  return { handler, release: released.open, ended }
}

/** The abort, and all that follows from it. */
async function carryOut(house: MemoryHouse, job: Job, one: Case, running: Running): Promise<Job> {
  await (await house.abort(job, one.mode, { rollback: one.rollback })).stopping
  house.clock.advance(1_000)
  running.release()
  await running.ended
  const isRunning = house.executions.all.get(job.execution_arn)?.status === 'RUNNING'
  if (isRunning) await invoke(house, job, running.handler)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
  return house.standDown(job, { copy: running.handler })
}

/** What the plan promises for its one step, in the words of the records. */
function promised({ steps: [planned], cannot_be_undone }: AbortPlan, state: State, rollback: boolean) {
  const actions = planned?.actions ?? []
  const undone = actions.includes('clean_up') || actions.includes('revert')
  const finishes = state === 'done' || actions.includes('stop_at_boundary') || actions.includes('cannot_stop')
  const kept = finishes && !actions.includes('revert')
  return {
    state: kept ? 'SUCCEEDED' : 'CANCELLED',
    hook: undone ? (actions.includes('revert') ? 'revert' : 'abort') : null,
    not_undone: rollback ? cannot_be_undone : [],
  }
}

const recorded = (job: Job, step: Step | undefined) => ({
  state: step?.state,
  hook: step?.cleaned_up ? (step.clean_up?.hook ?? null) : null,
  not_undone: job.not_undone.map((one) => `${one.step}: ${one.reason}`),
})

describe.each(STATES)('a step that is %s', (state) => {
  test.each(OWN_ABORTABLES)('and abortable "%s" ends as the plan of its abort says', async (abortable) => {
    for (const one of casesOf(state, abortable)) {
      const { hooks, irreversible, mode, rollback } = one
      const house = openMemoryHouse([step('copy', 1, { abortable, hooks, irreversible })])
      const job = await house.start()
      const running = await bring(house, job, one)
      const asked = { reason: null, requested_by: 'me', force_after_seconds: null }
      const { job_execution_id } = job
      const plan = await planJobAbort(house.ports, { job_execution_id, mode, rollback, ...asked })
      const settled = await carryOut(house, job, one, running)
      const [item] = await house.ports.steps.list(job_execution_id)
      expect(recorded(settled, item), JSON.stringify(one)).toEqual(promised(plan, state, rollback))
      expect(settled).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    }
  })
})

test('without a rollback the plan still names what cannot be undone', async () => {
  const house = openMemoryHouse([step('copy', 1, { irreversible: IRREVERSIBLE })])
  const job = await house.start()
  await invoke(house, job, stepOf(house, { name: 'copy' }))
  const asked = { reason: null, requested_by: 'me', force_after_seconds: null }
  const command = {
    job_execution_id: job.job_execution_id,
    mode: 'force' as const,
    rollback: false,
    ...asked,
  }
  expect((await planJobAbort(house.ports, command)).cannot_be_undone).toEqual([`copy: ${IRREVERSIBLE}`])
})

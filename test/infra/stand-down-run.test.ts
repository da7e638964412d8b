import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStates, type States } from 'standdown-local/step-functions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { executionArnOf, type Job } from '#core/job/job.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type HookInvocation, type HookRoundInput, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { startStandDown } from '#engine/stand-down/start.ts'
import { stepKeyOf } from '#engine/steps/claim.ts'
import { HISTORY_EVENTS } from '#infra/asl/history.ts'
import { EMPTY, inline } from '#test/core/samples.ts'
import { Deployed, readable } from './deployed.ts'
import { synthesize } from './synth.ts'

// The deployed stand-down in the local runtime's interpreter, with the use cases themselves as its functions.

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:demo'
const STAND_DOWN = 'arn:aws:states:us-east-1:000000000000:stateMachine:standdown-stand-down'
const HOOK = 'arn:aws:lambda:us-east-1:000000000000:function:standdown-copy:7'
const STARTED = '2026-01-31T09:00:00.000Z'
const HOOKS = 4_000

const CALL: StepCall = {
  template: 'demo',
  step: 'copy',
  order: 1,
  abortable: 'checkpoint',
  hooks: ['abort', 'revert'],
  job_execution_id: 'job',
  execution_arn: executionArnOf(MACHINE, 'job'),
  execution_started_at: STARTED,
}

let definition: string
beforeAll(async () => {
  const deployed = new Deployed(await synthesize({ nag: false }))
  const machine = deployed.machines.find(({ name }) => name === 'standdown-stand-down')!
  definition = readable(machine.properties.DefinitionString)
    .replaceAll(/<(\w+)\.Arn>/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1')
    .replaceAll('<AWS::Partition>', 'aws')
})

const folder = mkdtempSync(join(tmpdir(), 'stand-down-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A job of that many finished steps, aborted by force with rollback. */
async function abortedJob(ports: MemoryPorts, steps: number): Promise<Job> {
  const apply = (event: Parameters<typeof ports.jobs.apply>[1]) => ports.jobs.apply('job', event)
  const { execution_arn } = CALL
  const job = { job_execution_id: 'job', execution_arn, execution_started_at: null, template: 'demo' }
  const about = { tenant_id: 'default', created_by: 'me', created_at: STARTED, input: inline({}) }
  await apply({ type: 'create', at: STARTED, job: { ...job, ...about } })
  await apply({ type: 'begin', at: STARTED, execution: { execution_arn, execution_started_at: STARTED } })
  for (let index = 0; index < steps; index += 1) await finishStep(ports, index)
  const request = { mode: 'force' as const, reason: null, requested_by: 'me', force_at: null, rollback: true }
  const { item } = await apply({ type: 'abort', at: STARTED, request })
  return item!
}

async function finishStep({ steps }: MemoryPorts, index: number): Promise<void> {
  const key = stepKeyOf({ ...CALL, index })
  const traits = { abortable: 'checkpoint' as const, clean_up_after: 'lease' as const, irreversible: null }
  const places = { hooks: CALL.hooks!, rank: null, loop_order: null, template: 'demo' }
  const lease = { owner: 'attempt', epoch: 1, lease_until: STARTED, dead_by: STARTED }
  const life = { execution_arn: CALL.execution_arn, execution_started_at: STARTED }
  const claimant = { ...life, function_arn: HOOK }
  await steps.apply(key, {
    type: 'claim',
    at: STARTED,
    step: { ...key, ...traits, ...places },
    lease,
    claimant,
  })
  await steps.apply(key, { type: 'finish', at: STARTED, owner: 'attempt', result: inline(null) })
}

/** A hook as its step's function runs it: it takes the step, and records that it is done. */
async function hook({ steps, clock }: MemoryPorts, { payload }: Pick<HookInvocation, 'payload'>) {
  const { key, hook, epoch, call = '' } = payload.standdown
  const at = timeAt(clock.now())
  const lease = { owner: 'hook', epoch, lease_until: at, dead_by: at }
  await steps.apply(key, { type: 'take-over', at, lease, hook, call })
  await steps.apply(key, { type: 'cleaned', at, owner: 'hook', abort_request: null, ran: true })
}

async function answer(ports: MemoryPorts, name: string, payload: unknown): Promise<unknown> {
  if (name === HOOK) return hook(ports, { payload: payload as HookInvocation['payload'] })
  if (name.includes('Drain')) return drain(ports, payload as StandDownInput)
  if (name.includes('CleanUp')) return nextHookRound(ports, payload as HookRoundInput)
  const { state } = await settleJob(ports, payload as StandDownInput)
  return { state }
}

function openStates(ports: MemoryPorts, ended: (arn: string) => void): States {
  const states = createStates({
    dbPath: join(folder, 'states.db'),
    region: 'us-east-1',
    account: '000000000000',
    lambda: { invoke: async (name, payload) => ({ payload: (await answer(ports, name, payload)) ?? null }) },
    publish: ({ detail }) => {
      if (detail.status !== 'RUNNING') ended(String(detail.executionArn))
    },
  })
  const roleArn = 'arn:aws:iam::000000000000:role/states'
  states.register({ name: 'standdown-stand-down', arn: STAND_DOWN, definition, type: 'STANDARD', roleArn })
  return states
}

async function eventsOf(states: States, executionArn: string): Promise<number> {
  let events = 0
  let nextToken: string | undefined
  do {
    const page = (await states.handle('GetExecutionHistory', {
      executionArn,
      maxResults: 1000,
      nextToken,
    })) as {
      events: unknown[]
      nextToken?: string
    }
    events += page.events.length
    nextToken = page.nextToken
  } while (nextToken)
  return events
}

test('4,000 hooks are run by generations, each of which ends itself long before its history is full', async () => {
  const ports = memoryPorts({ templates: [], standDownArn: STAND_DOWN })
  const job = await abortedJob(ports, HOOKS)
  ports.executions.all.set(job.execution_arn, {
    ...{ name: 'job', status: 'ABORTED', started_at: STARTED, input: EMPTY },
    end: { status: 'ABORTED', error: 'JobAborted', cause: null },
  })
  await startStandDown(ports, job, { status: 'ABORTED', error: 'JobAborted', cause: null })
  const waiting = new Map<string, () => void>()
  const states = openStates(ports, (arn) => waiting.get(arn)?.())
  const histories: number[] = []
  for (const [arn, execution] of ports.executions.all) {
    if (!arn.includes('stand-down')) continue
    const { promise, resolve } = Promise.withResolvers<void>()
    waiting.set(arn, resolve)
    const { input } = execution
    await states.handle('StartExecution', { stateMachineArn: STAND_DOWN, name: execution.name, input })
    await promise
    histories.push(await eventsOf(states, arn))
  }
  await states.close()
  const steps = await ports.steps.list('job')
  expect(steps.filter(({ state, cleaned_up }) => state === 'CANCELLED' && cleaned_up)).toHaveLength(HOOKS)
  expect((await ports.jobs.get('job'))?.state).toBe('CANCELLED')
  expect(histories).toHaveLength(3)
  expect(Math.max(...histories)).toBeLessThan(HISTORY_EVENTS / 2)
}, 120_000)

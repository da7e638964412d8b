import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStates, type States } from 'standdown-local/step-functions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HISTORY_EVENTS, HOOK_RETRIES } from '#core/clean-up/history.ts'
import { executionArnOf, type Job } from '#core/job/job.ts'
import { stepSortKey } from '#core/step/step.ts'
import type { StepCall } from '#core/template.ts'
import { timeAt } from '#core/time.ts'
import { type MemoryPorts, memoryPorts } from '#engine/memory/ports.ts'
import type { StandDownInput } from '#engine/ports.ts'
import { drain } from '#engine/stand-down/drain.ts'
import { type HookInvocation, type HookRoundInput, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { settleJob } from '#engine/stand-down/settle.ts'
import { startStandDown } from '#engine/stand-down/start.ts'
import { stepKeyOf } from '#engine/steps/claim.ts'
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
    .replaceAll(/"IntervalSeconds":\d+/g, '"IntervalSeconds":0')
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
  const places = { hooks: CALL.hooks!, rank: null, item_count: null, loop_order: null, template: 'demo' }
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
const clean: Hook = async ({ steps, clock }, { standdown }) => {
  const { key, hook, epoch, call = '' } = standdown
  const at = timeAt(clock.now())
  const lease = { owner: 'hook', epoch, lease_until: at, dead_by: at }
  await steps.apply(key, { type: 'take-over', at, lease, hook, call })
  await steps.apply(key, { type: 'cleaned', at, owner: 'hook', abort_request: null, ran: true })
}

/** Every reason for which a hook is tried again, each as often as it is, before it counts as failed. */
const hopeless = (): Hook => {
  const tries = new Map<string, number>()
  return async (_ports, { standdown: { key } }) => {
    const tried = tries.get(stepSortKey(key)) ?? 0
    tries.set(stepSortKey(key), tried + 1)
    throw Object.assign(new Error('no'), { name: WORST[tried] ?? 'DiskFull' })
  }
}
const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name)
const WORST = [
  ...times(HOOK_RETRIES.busy, 'StepBusy'),
  ...times(HOOK_RETRIES.outOfTime, 'StepOutOfTime'),
  ...times(HOOK_RETRIES.notInvoked, 'Lambda.TooManyRequestsException'),
]

type Hook = (ports: MemoryPorts, payload: HookInvocation['payload']) => Promise<void>

async function answer(ports: MemoryPorts, name: string, payload: unknown, hook: Hook): Promise<unknown> {
  if (name === HOOK) return hook(ports, payload as HookInvocation['payload'])
  if (name.includes('Drain')) return drain(ports, payload as StandDownInput)
  if (name.includes('CleanUp')) return nextHookRound(ports, payload as HookRoundInput)
  const { state } = await settleJob(ports, payload as StandDownInput)
  return { state }
}

function openStates(ports: MemoryPorts, hook: Hook, ended: (arn: string) => void): States {
  const invoke = async (name: string, payload: unknown) => {
    try {
      return { payload: (await answer(ports, name, payload, hook)) ?? null }
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error
      return { payload: null, functionError: { errorType, errorMessage } }
    }
  }
  const states = createStates({
    dbPath: join(folder, `${randomUUID()}.db`),
    region: 'us-east-1',
    account: '000000000000',
    lambda: { invoke },
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

/** Stands an aborted job down, generation by generation; answers how many events the history of each has. */
async function standDown(ports: MemoryPorts, job: Job, hook: Hook): Promise<number[]> {
  ports.executions.all.set(job.execution_arn, {
    ...{ name: 'job', status: 'ABORTED', started_at: STARTED, input: EMPTY },
    end: { status: 'ABORTED', error: 'JobAborted', cause: null },
  })
  await startStandDown(ports, job, { status: 'ABORTED', error: 'JobAborted', cause: null })
  const waiting = new Map<string, () => void>()
  const states = openStates(ports, hook, (arn) => waiting.get(arn)?.())
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
  return histories
}

test('4,000 hooks are run by generations, each of which ends itself before its history is full', async () => {
  const ports = memoryPorts({ templates: [], standDownArn: STAND_DOWN })
  const histories = await standDown(ports, await abortedJob(ports, HOOKS), clean)
  const steps = await ports.steps.list('job')
  expect(steps.filter(({ state, cleaned_up }) => state === 'CANCELLED' && cleaned_up)).toHaveLength(HOOKS)
  expect((await ports.jobs.get('job'))?.state).toBe('CANCELLED')
  expect(histories).toHaveLength(2)
  expect(Math.max(...histories)).toBeLessThan(HISTORY_EVENTS * 0.75)
}, 120_000)

test('hooks that end well after many tries count with them', async () => {
  const ports = memoryPorts({ templates: [], standDownArn: STAND_DOWN })
  const tries = new Map<string, number>()
  const busy: Hook = async (_ports, payload) => {
    const step = stepSortKey(payload.standdown.key)
    const tried = tries.get(step) ?? 0
    tries.set(step, tried + 1)
    if (tried < HOOK_RETRIES.busy) throw Object.assign(new Error('no'), { name: 'StepBusy' })
    await clean(ports, payload)
  }
  const histories = await standDown(ports, await abortedJob(ports, 250), busy)
  expect((await ports.jobs.get('job'))?.state).toBe('CANCELLED')
  expect(histories).toHaveLength(2)
  expect(Math.max(...histories)).toBeLessThan(HISTORY_EVENTS)
}, 120_000)

test('no history is filled by hooks that fail all their tries, for every reason there is', async () => {
  const ports = memoryPorts({ templates: [], standDownArn: STAND_DOWN })
  const histories = await standDown(ports, await abortedJob(ports, 70), hopeless())
  const steps = await ports.steps.list('job')
  expect(steps.filter(({ clean_up }) => clean_up?.fault?.exception === 'DiskFull')).toHaveLength(70)
  expect((await ports.jobs.get('job'))?.state).toBe('FAILED')
  expect(histories).toHaveLength(3)
  expect(Math.max(...histories)).toBeGreaterThan(HISTORY_EVENTS * 0.85)
  expect(Math.max(...histories)).toBeLessThan(HISTORY_EVENTS)
}, 120_000)

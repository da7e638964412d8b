import { beforeAll, expect, test } from 'vitest'
import { MAX_ACTIONS } from '#functions/doors/watcher/plan-body.ts'
import type { ScopeJson, StateJson } from '#infra/asl/definition.ts'
import { Deployed } from '../deployed.ts'
import { synthesize } from '../synth.ts'

let deployed: Deployed
let worker: Record<string, StateJson>

beforeAll(async () => {
  deployed = new Deployed(await synthesize({}))
  const { machine } = deployed.jobs.find((job) => job.template.name === 'action-plan')!
  worker = (machine.definition as unknown as ScopeJson).States['Each worker']!.ItemProcessor!.States
})

test('the rounds of its one step are told apart by the actions, and cleaned up by their ranks', () => {
  expect(worker['run-action']?.Parameters?.standdown).toMatchObject({
    'index.$': '$.next.action.index',
    'rank.$': '$.next.action.rank',
    'item_count.$': '$.next.action.count',
  })
  expect(worker['run-action']?.Parameters?.standdown).not.toHaveProperty('visit.$')
})

test('a failing action leads back to the scheduler, an aborted one does not', () => {
  const [aborted, failing] = worker['run-action']!.Catch!
  expect(aborted).toMatchObject({ ErrorEquals: ['JobAborted', 'StepFenced'] })
  expect(aborted!.Next).toMatch(/^Standdown parked/)
  expect(failing).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Next action' })
})

/** TaskStateEntered, its Scheduled, Started, Submitted and Succeeded, TaskStateExited; and of the others. */
const EVENTS = { 'Next action': 6, 'An action?': 2, 'run-action': 5 }
/** Of a history's 25,000 events, what the retries of 40 steps at once leave. */
const ROOM = 7_000

test('five hundred actions fit the history beside all retries', () => {
  // The execution's start and end, a Pass, a Map and the commit.
  const loop = Object.keys(worker).filter((name) => !name.startsWith('Standdown') && worker[name]?.Next)
  expect(loop.sort()).toEqual(['Next action', 'run-action'])
  const each = Object.values(EVENTS).reduce((sum, events) => sum + events, 0)
  const around = 1 + 2 + 4 + 5 + 1
  const workers = 40 * (2 + EVENTS['Next action'] + EVENTS['An action?'] + 2)
  expect(around + workers + MAX_ACTIONS * each).toBeLessThanOrEqual(ROOM)
})

test('the scheduler may end tasks of its own machine, and the step nothing but what every step may', () => {
  const scheduler = deployed.functionNamed('standdown-doors-watcher-next-action')
  expect(deployed.allowed(scheduler, 'states:')).toEqual([
    expect.stringMatching(/^SendTaskSuccess .*:stateMachine:standdown-action-plan$/),
  ])
  const step = deployed.functionNamed('standdown-steps-action-plan-run-action')
  const { id } = deployed.functionNamed('standdown-doors-watcher-child-job')
  expect(deployed.allowed(step, 'lambda:')).toEqual([`InvokeFunction <${id}.Arn>`])
})

test('functions are called where the stack names how they begin, and in no other way', async () => {
  const named = new Deployed(await synthesize({ actionFunctions: ['acme-*', 'ops-'] }))
  const step = named.functionNamed('standdown-steps-action-plan-run-action')
  const arn = 'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:'
  const { id } = named.functionNamed('standdown-doors-watcher-child-job')
  expect(named.allowed(step, 'lambda:')).toEqual(
    [`InvokeFunction <${id}.Arn>`, `InvokeFunction ${arn}acme-*`, `InvokeFunction ${arn}ops-*`].sort(),
  )
  const rules = { ALLOWED_FUNCTIONS: 'acme-*,ops-', OWN_FUNCTIONS: 'standdown-' }
  for (const fn of [step, named.functionNamed('standdown-doors-watcher-handler')]) {
    expect(fn.properties.Environment.Variables).toMatchObject(rules)
  }
})

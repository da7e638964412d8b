import {
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import type { Account } from '#cli/prune/account.ts'
import type { Clients } from '#cli/prune/clients.ts'
import { readUses } from '#cli/prune/uses.ts'
import type { Job } from '#core/job/job.ts'
import type { Step } from '#core/step/step.ts'
import { jobAfter, stepAfter } from '#test/core/samples.ts'
import { TEMPLATE, templateStep } from '#test/core/template-samples.ts'

const ARN = 'arn:aws:states:eu-west-1:1:stateMachine:standdown-demo'
const EXECUTION = 'arn:aws:states:eu-west-1:1:execution:standdown-demo'
const CHANGED = new Date('2026-01-31T09:00:00Z')

/** The definition that an execution began with: one step, of that version. */
const definitionOf = (function_arn: string): string =>
  JSON.stringify({
    Comment: JSON.stringify({ standdown: { name: 'demo', description: '', input_schema: null } }),
    StartAt: 'copy',
    States: {
      copy: {
        Type: 'Task',
        Resource: function_arn,
        Parameters: { standdown: { step: 'copy', order: 1, abortable: 'checkpoint' } },
      },
    },
  })

type World = {
  owned?: boolean
  /** Running executions: name to when it began. */
  running?: Record<string, string>
  jobs?: Job[]
  failed?: Job[]
  steps?: Step[]
}

/** What is in use in an account with one machine, whose definition calls `new:2`, and calls `old:1` of older ones. */
async function usesIn({ owned = true, running = {}, jobs = [], failed = [], steps = [] }: World) {
  const asked: string[] = []
  const send = async (command: object) => {
    if (command instanceof ListExecutionsCommand) {
      const executions = Object.entries(running).map(([name, startDate]) => ({
        executionArn: `${EXECUTION}:${name}`,
        name,
        startDate: new Date(startDate),
      }))
      return { executions }
    }
    if (!(command instanceof DescribeStateMachineForExecutionCommand)) throw new Error('another call')
    asked.push(command.input.executionArn ?? '')
    return { stateMachineArn: ARN, definition: definitionOf('old:1') }
  }
  const clients = {
    stepFunctions: Object.assign(Object.create(SFNClient.prototype), { send }),
    jobs: {
      active: async () => jobs,
      ended: async () => [],
      newest: async () => ({ items: failed, next: null }),
    },
    steps: { list: async () => steps },
  } as unknown as Clients
  const template = { ...TEMPLATE, steps: [templateStep('copy', 1, { function_arn: 'new:2' })] }
  const machine = { name: 'standdown-demo', arn: ARN, role: 'role', logGroup: null, template }
  const stack = new Map(owned ? [[ARN, CHANGED]] : [])
  const account: Account = { owned: stack, functions: [], machines: [machine] }
  return { asked, uses: Object.fromEntries(await readUses(clients, account)) }
}

test('a deployed state machine needs what its definition calls', async () => {
  expect((await usesIn({})).uses).toEqual({ 'new:2': 'the state machine standdown-demo' })
})

test('a state machine that was left behind needs nothing by itself', async () => {
  expect((await usesIn({ owned: false })).uses).toEqual({})
})

test('an execution that began before the last change needs what it began with, and its machine', async () => {
  const { uses } = await usesIn({ running: { a: '2026-01-31T08:00:00Z' } })
  expect(uses).toMatchObject({
    [ARN]: 'the execution a of standdown-demo runs',
    'old:1': 'the execution a of standdown-demo runs',
  })
})

test('an execution that began as the change spread is asked for its definition, a later one is not', async () => {
  const { asked } = await usesIn({ running: { a: '2026-01-31T09:00:30Z', b: '2026-01-31T09:02:00Z' } })
  expect(asked).toEqual([`${EXECUTION}:a`])
})

test('an execution of a machine that was left behind is asked whenever it began', async () => {
  const { uses } = await usesIn({ owned: false, running: { a: '2026-01-31T23:00:00Z' } })
  expect(uses).toMatchObject({ [ARN]: expect.stringContaining('runs'), 'old:1': expect.any(String) })
})

const open: Job = { ...jobAfter(), execution_arn: `${EXECUTION}:j` }
const claimed: Step = { ...stepAfter(), function_arn: 'claimed:7' }

test('a job that has not ended needs its machine, and what claimed its steps', async () => {
  const { uses } = await usesIn({ owned: false, jobs: [open], steps: [claimed] })
  expect(uses).toEqual({
    [ARN]: 'the job j (PENDING)',
    'claimed:7': 'the job j (PENDING)',
    'new:2': 'the job j (PENDING)',
  })
})

test('steps that do not name what claimed them need what their execution began with', async () => {
  const steps = [{ ...claimed, function_arn: null }]
  const { uses } = await usesIn({ owned: false, jobs: [open], steps })
  expect(uses).toMatchObject({ 'old:1': 'the job j (PENDING)' })
})

test('a failed job needs what a repeated clean-up would call, where it left something behind', async () => {
  const failed: Job = { ...jobAfter(), state: 'FAILED', execution_arn: `${EXECUTION}:j` } as Job
  const whole = await usesIn({ owned: false, failed: [failed], steps: [claimed] })
  expect(whole.uses).toEqual({})
  const left = { ...failed, left_behind: ['copy: it broke'] }
  const { uses } = await usesIn({ owned: false, failed: [left], steps: [claimed] })
  expect(uses['claimed:7']).toBe('the job j (FAILED)')
})

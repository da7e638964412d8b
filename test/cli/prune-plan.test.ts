import { describe, expect, test } from 'vitest'
import type { Account, Machine, StepFunction } from '#cli/prune/account.ts'
import { planOf } from '#cli/prune/plan.ts'
import { NO_STATES } from '#test/core/template-samples.ts'

const FN = 'arn:aws:lambda:eu-west-1:111122223333:function'
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine'

const fn = (name: string, versions: number[] = [1], more: Partial<StepFunction> = {}): StepFunction => ({
  name,
  arn: `${FN}:${name}`,
  role: `${name}-role`,
  logGroup: `/aws/lambda/${name}`,
  versions: versions.map((version) => `${FN}:${name}:${version}`),
  ...more,
})
const machine = (name: string): Machine => ({
  name,
  arn: `${MACHINE}:${name}`,
  role: `${name}-role`,
  logGroup: `/logs/${name}`,
  template: {
    name,
    description: '',
    state_machine_arn: '',
    input_schema: null,
    abort_modes: [],
    steps: [],
    definition: NO_STATES,
  },
})

/** The plan as lines. `owned`: what the stack has. */
function plan(account: Partial<Account>, owned: string[], uses: Record<string, string> = {}) {
  const stack = new Map(owned.map((id) => [id, new Date(0)]))
  const whole = { functions: [], machines: [], ...account, owned: stack }
  const { doomed, kept } = planOf(whole, new Map(Object.entries(uses)))
  return {
    doomed: doomed.map(({ kind, name }) => `${kind} ${name}`),
    kept: kept.map(({ kind, name, why }) => `${kind} ${name}: ${why}`),
  }
}

describe('a function that the stack does not have any more', () => {
  test('goes after its role and its log group', () => {
    expect(plan({ functions: [fn('gone', [1, 2])] }, []).doomed).toEqual([
      'role gone-role',
      'log group /aws/lambda/gone',
      'function gone',
    ])
  })

  test.each([`${FN}:gone`, `${FN}:gone:1`])(
    'stays while %s is needed, but for its other versions',
    (used) => {
      const { doomed, kept } = plan({ functions: [fn('gone', [1, 2])] }, [], { [used]: 'the job 7' })
      expect(kept).toEqual(['function gone: the job 7'])
      expect(doomed).toContain(`version ${FN}:gone:2`)
      expect(doomed).not.toContain(used === `${FN}:gone` ? 'function gone' : `version ${FN}:gone:1`)
    },
  )

  test('leaves what it shares with another one, and what is the stack’s', () => {
    const shared = fn('gone', [1], { role: 'shared', logGroup: '/kept' })
    const other = fn('there', [1], { role: 'shared' })
    expect(plan({ functions: [shared, other] }, ['there', '/kept']).doomed).toEqual(['function gone'])
  })

  test('takes a role that only such functions share along once', () => {
    const functions = [fn('one', [], { role: 'both' }), fn('two', [], { role: 'both' })]
    expect(plan({ functions }, []).doomed.filter((line) => line === 'role both')).toHaveLength(1)
  })
})

describe('a function of the stack', () => {
  test('loses the versions that nothing names, but never its newest', () => {
    const uses = { [`${FN}:there:2`]: 'the execution 7' }
    expect(plan({ functions: [fn('there', [1, 2, 3, 4])] }, ['there'], uses)).toEqual({
      doomed: [`version ${FN}:there:1`, `version ${FN}:there:3`],
      kept: [],
    })
  })

  test('keeps the versions that the stack has', () => {
    const owned = ['there', `${FN}:there:1`]
    expect(plan({ functions: [fn('there', [1, 2])] }, owned).doomed).toEqual([])
  })
})

describe('a state machine', () => {
  test('of the stack stays', () => {
    expect(plan({ machines: [machine('there')] }, [`${MACHINE}:there`])).toEqual({ doomed: [], kept: [] })
  })

  test('that the stack does not have any more stays while an execution runs, and goes after that', () => {
    const machines = [machine('gone')]
    const uses = { [`${MACHINE}:gone`]: 'the execution 7 runs' }
    expect(plan({ machines }, [], uses)).toEqual({
      doomed: [],
      kept: [`state machine ${MACHINE}:gone: the execution 7 runs`],
    })
    expect(plan({ machines }, []).doomed).toEqual([
      'role gone-role',
      'log group /logs/gone',
      `state machine ${MACHINE}:gone`,
    ])
  })
})

import { App, Stack } from 'aws-cdk-lib'
import { expect, test } from 'vitest'
import { Machines } from '#infra/constructs/machines.ts'

test.each([
  [20, []],
  [40, [expect.stringContaining('the 40 job templates do not fit one event rule')]],
])('%i job templates: more than an event pattern holds are refused at synth', (count, faults) => {
  const machines = new Machines(new Stack(new App(), 'Many'), 'Machines', { prefix: 'standdown' })
  for (let i = 0; i < count; i += 1) machines.add(`job-${i}`)
  expect(machines.node.validate()).toEqual(faults)
})

test('a prefix that makes a state machine name too long is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'Long'), 'Machines', { prefix: 'p'.repeat(30) })
  expect(() => machines.add('t'.repeat(50))).toThrow('is longer than 80 characters: shorten the prefix')
  expect(() => machines.add('t'.repeat(49))).not.toThrow()
})

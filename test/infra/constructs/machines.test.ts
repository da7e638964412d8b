import { App, Stack } from 'aws-cdk-lib'
import { expect, test } from 'vitest'
import { Machines } from '#infra/constructs/machines.ts'

test('a stack without a job template is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'None'), 'Machines', { prefix: 'standdown' })
  expect(machines.node.validate()).toEqual(['there is no job template: add an AbortableJob'])
  machines.add('job')
  expect(machines.node.validate()).toEqual([])
})

test('a prefix that makes a state machine name too long is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'Long'), 'Machines', { prefix: 'p'.repeat(30) })
  expect(() => machines.add('t'.repeat(50))).toThrow('is longer than 80 characters: shorten the prefix')
  expect(() => machines.add('t'.repeat(49))).not.toThrow()
})

import { App, Stack } from 'aws-cdk-lib'
import { expect, test } from 'vitest'
import { Machines } from '#infra/constructs/machines.ts'

test('a stack without a job template is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'None'), 'Machines', { prefix: 'standdown' })
  expect(machines.node.validate()).toEqual(['there is no job template: add an AbortableJob'])
  machines.add('job')
  expect(machines.node.validate()).toEqual([])
})

test('more job templates than a function can be told of are refused at synth, with how much too many', () => {
  const machines = new Machines(new Stack(new App(), 'Many'), 'Machines', { prefix: 'standdown' })
  for (let i = 10; i < 70; i += 1) machines.add(`nightly-load-of-the-figures-of-shop-${i}`)
  expect(machines.node.validate()).toEqual([])
  for (let i = 70; i < 95; i += 1) machines.add(`nightly-load-of-the-figures-of-shop-${i}`)
  const [fault, ...more] = machines.node.validate()
  expect(fault).toMatch(
    /^what each function is told of the job templates takes 3\d{3} of 3300 bytes: shorten names/,
  )
  expect(more).toEqual([])
})

test('the ARNs of attached machines count as long as they may become', () => {
  const stack = new Stack(new App(), 'Attached')
  const machines = new Machines(stack, 'Machines', { prefix: 'standdown' })
  const arn = `arn:${stack.partition}:states:${stack.region}:${stack.account}:stateMachine:nightly`
  const functions = { abort: arn, revert: arn }
  for (let i = 0; i < 9; i += 1) {
    const arns = { machine: arn, executions: arn }
    machines.attach(`nightly-${i}`, arns, { description: 'Loads the day', hooks: ['abort'], functions })
  }
  expect(machines.node.validate()).toEqual([])
  const arns = { machine: arn, executions: arn }
  machines.attach('long', arns, { description: 'd'.repeat(2_000), hooks: ['abort'], functions })
  expect(machines.node.validate()).toEqual([expect.stringContaining('descriptions of attached machines')])
})

test('a prefix that makes a state machine name too long is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'Long'), 'Machines', { prefix: 'p'.repeat(30) })
  expect(() => machines.add('t'.repeat(50))).toThrow('is longer than 80 characters: shorten the prefix')
  expect(() => machines.add('t'.repeat(49))).not.toThrow()
})

import { App, Lazy, Stack } from 'aws-cdk-lib'
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

const attachedTo = (stack: Stack) => {
  const machines = new Machines(stack, 'Machines', { prefix: 'standdown' })
  const arn = `arn:${stack.partition}:states:${stack.region}:${stack.account}:stateMachine:nightly`
  const attach = (name: string, description: string, abort?: string): void =>
    machines.attach(name, { machine: arn, executions: arn }, { description, ...(abort && { abort }) })
  return { machines, attach }
}

test('the ARNs of attached machines count as long as they may become', () => {
  const { machines, attach } = attachedTo(new Stack(new App(), 'Attached'))
  const hooks = Lazy.string({ produce: () => 'the version of a function' })
  for (let i = 0; i < 10; i += 1) attach(`nightly-${i}`, 'Loads the day', hooks)
  expect(machines.node.validate()).toEqual([])
  attach('long', 'd'.repeat(2_000))
  expect(machines.node.validate()).toEqual([expect.stringContaining('descriptions of attached machines')])
})

test('twenty attached machines without a clean-up fit', () => {
  const { machines, attach } = attachedTo(new Stack(new App(), 'Attached'))
  for (let i = 0; i < 20; i += 1) attach(`nightly-${i}`, 'Loads the day')
  expect(machines.node.validate()).toEqual([])
})

test('a prefix that makes a state machine name too long is refused at synth', () => {
  const machines = new Machines(new Stack(new App(), 'Long'), 'Machines', { prefix: 'p'.repeat(30) })
  expect(() => machines.add('t'.repeat(50))).toThrow('is longer than 80 characters: shorten the prefix')
  expect(() => machines.add('t'.repeat(49))).not.toThrow()
})

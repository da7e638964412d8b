import { expect, test } from 'vitest'
import { clientOf } from '#test/aws/table.ts'
import { openHouse, step } from '#test/engine/house.ts'
import { invoke, stepOf, stopClock, useTable } from './kit.ts'

const table = useTable()

test('a step that nobody aborts costs two writes and two looks at the job', async () => {
  const client = clientOf(table().endpoint)
  const calls: string[] = []
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName)
        return next(args)
      },
    { step: 'initialize', name: 'count' },
  )
  const house = openHouse(client, [step('first', 1), step('second', 2)])
  const job = await house.start()
  // The first step of a job also moves the job itself.
  await invoke(house, job, stepOf(house, { name: 'first' }))
  calls.length = 0
  // No period ends while the step runs, however slow the machine.
  stopClock()
  await invoke(house, job, stepOf(house, { name: 'second' }))
  expect(calls).toEqual(['UpdateItemCommand', 'GetItemCommand', 'UpdateItemCommand', 'GetItemCommand'])
  client.destroy()
})

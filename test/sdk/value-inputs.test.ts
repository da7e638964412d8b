import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { expect, test, vi } from 'vitest'
import { TableValues } from '#aws/table/values.ts'
import type { Job } from '#core/job/job.ts'
import type { JsonText } from '#core/value.ts'
import { clientOf, TABLE } from '#test/aws/table.ts'
import { type House, openHouse, step } from '#test/engine/house.ts'
import { failure, invoke, stepOf, useTable } from './kit.ts'

const table = useTable()

/** The house with its values in the table, too. */
function open(): House {
  const { client } = table()
  const house = openHouse(client, [step('list', 1), step('copy', 2)])
  Object.assign(house.ports, { values: new TableValues({ client, tableName: TABLE, retentionDays: 1 }) })
  return house
}

test('a job with the largest input that Step Functions takes is started with just that', async () => {
  const house = open()
  const input = { text: 'x'.repeat(256 * 1024 - 11) }
  const job = await house.start(input)
  expect(house.executions.all.get(job.execution_arn)?.input).toBe(JSON.stringify(input))
  expect(job.input).toMatchObject({ bytes: 256 * 1024 })
  await expect(house.start({ text: 'x'.repeat(256 * 1024) })).rejects.toThrow('the input cannot be kept')
})

test.each([
  ['33 levels', '['.repeat(33) + ']'.repeat(33)],
  ['a large number', '{ "n": 12345678901234567890, "m": 1e400 }'],
  ['half a character', '{"a":"\\ud800"}'],
  ['an empty name', '{"":null}'],
  ['256 KB', JSON.stringify('世'.repeat(87_380))],
])(
  'an execution started elsewhere with an input of %s is recorded, and its step gets it',
  async (what, text) => {
    const house = open()
    const name = `elsewhere-${what.replaceAll(' ', '-')}`
    await house.executions.start(house.template.state_machine_arn, name, text as JsonText)
    const execution_arn = `${house.template.state_machine_arn.replace(':stateMachine:', ':execution:')}:${name}`
    const seen: unknown[] = []
    const copy = stepOf(house, { name: 'copy', run: async (_input, { job }) => void seen.push(job.input) })
    await invoke(house, { job_execution_id: name, execution_arn } as Job, copy)
    expect(seen).toEqual([JSON.parse(text)])
    const job = (await house.ports.jobs.get(name))!
    const kept = 'text' in job.input ? job.input.text : await house.ports.values.get(name, job.input)
    expect(kept).toBe(text)
  },
)

test('an execution started elsewhere with more input than is kept is a job that fails of it', async () => {
  const house = open()
  const name = 'too-much'
  const text = JSON.stringify('x'.repeat(300_000)) as JsonText
  await house.executions.start(house.template.state_machine_arn, name, text)
  const execution_arn = `${house.template.state_machine_arn.replace(':stateMachine:', ':execution:')}:${name}`
  const run = vi.fn(async () => undefined)
  const copy = stepOf(house, { name: 'copy', run })
  const job = { job_execution_id: name, execution_arn } as Job
  for (const _attempt of [1, 2]) await failure(invoke(house, job, copy))
  expect(run).not.toHaveBeenCalled()
  expect(house.executions.all.get(execution_arn)?.status).toBe('ABORTED')
  const exception_message = 'the input cannot be kept: it has 300002 bytes, at most 262144 are kept'
  expect(await house.standDown((await house.ports.jobs.get(name))!, { copy })).toMatchObject({
    state: 'FAILED',
    fault: { exception: 'ValueNotKept', exception_message },
  })
})

test('a step of which all is small writes nothing beside its item', async () => {
  const client = clientOf(table().endpoint)
  const values: unknown[] = []
  client.middlewareStack.add(
    (next) => (args) => {
      const { Key } = args.input as UpdateItemCommand['input']
      if (Key?.sk?.S?.startsWith('VALUE#')) values.push(Key)
      return next(args)
    },
    { step: 'initialize', name: 'values' },
  )
  const house = openHouse(client, [step('list', 1)])
  Object.assign(house.ports, { values: new TableValues({ client, tableName: TABLE, retentionDays: 1 }) })
  const job = await house.start({ a: 1 })
  const list = stepOf(house, {
    name: 'list',
    run: async (_input, { checkpoint }) => {
      await checkpoint('c'.repeat(500))
      return 'r'.repeat(500)
    },
  })
  await invoke(house, job, list)
  expect(values).toEqual([])
  client.destroy()
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { drain } from '#engine/stand-down/drain.ts'
import { nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { endOf, lambdaContext, openHouse, step } from '#test/engine/house.ts'

vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO')
vi.stubEnv('POWERTOOLS_DEV', 'true')
const { failure, invoke, stepOf, useTable } = await import('./kit.ts')

const table = useTable()
const lines: Record<string, unknown>[] = []
beforeEach(() => {
  lines.length = 0
  for (const level of ['info', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)))
  }
})
afterEach(() => vi.restoreAllMocks())

test('each invocation of a step leaves one line with the id of its job, however it ended', async () => {
  const house = openHouse(table().client, [step('copy', 1)], { leaseMs: 1 })
  const job = await house.start()
  const keys = { job_execution_id: job.job_execution_id, step: 'copy' }
  const fails = stepOf(house, {
    name: 'copy',
    run: () => Promise.reject(Object.assign(new Error('no disk'), { name: 'DiskFullError' })),
  })
  await failure(invoke(house, job, fails))
  expect(lines.splice(0)).toEqual([
    expect.objectContaining({ ...keys, message: 'DiskFullError', level: 'ERROR' }),
  ])

  const works = stepOf(house, { name: 'copy' })
  await invoke(house, job, works)
  expect(lines.splice(0)).toEqual([expect.objectContaining({ ...keys, message: 'StepFinished' })])

  await invoke(house, job, works)
  expect(lines.splice(0)).toEqual([expect.objectContaining({ ...keys, message: 'StepRepeated' })])
})

test('so does each hook', async () => {
  const house = openHouse(table().client, [step('copy', 1)], { leaseMs: 1 })
  const job = await house.start()
  const handler = stepOf(house, { name: 'copy', run: () => Promise.reject(new Error('half-way')) })
  await failure(invoke(house, job, handler))
  await house.abort(job, 'force')
  const input = { job_execution_id: job.job_execution_id, end: await endOf(house, job) }
  await drain(house.ports, input)
  const { calls } = await nextHookRound(house.ports, input)
  lines.length = 0
  await handler(calls[0]!.payload, lambdaContext())
  const { job_execution_id } = job
  const line = { job_execution_id, hook: 'abort', message: 'HookFinished' }
  expect(lines).toEqual([expect.objectContaining(line)])
})

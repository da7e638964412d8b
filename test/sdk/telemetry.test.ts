import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lambdaContext, openHouse, step } from '#test/engine/house.ts'

vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO')
vi.stubEnv('POWERTOOLS_DEV', 'true')
const { failure, hookCall, invoke, stepOf, useTable } = await import('./kit.ts')

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
  const handler = stepOf(house, { name: 'copy', run: () => Promise.reject(new Error('half-way')) })
  const payload = await hookCall(house, handler)
  lines.length = 0
  await handler(payload, lambdaContext())
  const { job_execution_id } = payload.standdown.key
  const line = { job_execution_id, hook: 'abort', message: 'HookFinished' }
  expect(lines).toEqual([expect.objectContaining(line)])
})

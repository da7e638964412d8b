import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { TableValues } from '#aws/table/values.ts'
import { TABLE } from '#test/aws/table.ts'
import { type House, lambdaContext, openHouse, step } from '#test/engine/house.ts'
import { failure, gate, heldStep, invoke, stepOf, untilAborted, useTable } from './kit.ts'

const table = useTable()

/** The house with its values in the table, too. */
function open(): House {
  const { client } = table()
  const house = openHouse(client, [step('list', 1), step('copy', 2)])
  Object.assign(house.ports, { values: new TableValues({ client, tableName: TABLE, retentionDays: 1 }) })
  return house
}
const stepsOf = (house: House, job: { job_execution_id: string }) =>
  house.ports.steps.list(job.job_execution_id)
const large = (what: string): string => what.repeat(50_000)

describe('what an author gives is kept as JSON', () => {
  test('a checkpoint with a date and an odd number is there for the next attempt, and for the hook', async () => {
    const house = open()
    const job = await house.start()
    const data = { at: new Date(0), n: 2 ** 60, none: undefined, nan: Number.NaN }
    const asJson = { at: '1970-01-01T00:00:00.000Z', n: 2 ** 60, nan: null }
    const seen: unknown[] = []
    const copy = stepOf(house, {
      name: 'copy',
      run: async (_input, { checkpoint, resumeFrom, attempt }) => {
        seen.push(resumeFrom)
        await checkpoint(data)
        throw new Error(`attempt ${attempt}`)
      },
      abort: async ({ checkpoint }) => void seen.push(checkpoint),
    })
    for (const _attempt of [1, 2]) await failure(invoke(house, job, copy))
    await (await house.abort(job, 'force')).stopping
    await house.standDown(job, { copy })
    expect(seen).toEqual([null, asJson, asJson])
  })

  test('a result is answered to a repeat as a plain Lambda would have answered it', async () => {
    const house = open()
    const job = await house.start()
    const run = vi.fn(async () => ({ at: new Date(0), n: 2 ** 60, none: undefined }))
    const copy = stepOf(house, { name: 'copy', run })
    const first = JSON.stringify(await invoke(house, job, copy))
    expect(JSON.stringify(await invoke(house, job, copy))).toBe(first)
    expect(run).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['nothing', undefined],
    ['null', null],
  ])('%s is a result, too', async (_what, value) => {
    const house = open()
    const job = await house.start()
    const copy = stepOf(house, { name: 'copy', run: async () => value })
    await invoke(house, job, copy)
    expect(await invoke(house, job, copy)).toBeNull()
    expect((await stepsOf(house, job))[0]).toMatchObject({ state: 'SUCCEEDED', result: { text: 'null' } })
  })
})

describe('what cannot be kept is refused where it is given', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  test.each<[string, unknown, RegExp]>([
    ['a BigInt', { size: 1n }, /^the checkpoint cannot be kept: "size" is a BigInt/],
    ['a cycle', cycle, /^the checkpoint cannot be kept: .*circular/i],
    ['a function', () => 1, /^the checkpoint cannot be kept: JSON has no function/],
    ['300 KB', 'x'.repeat(300_000), /^the checkpoint cannot be kept: it has 300002 bytes/],
  ])(
    'a checkpoint of %s throws at once, and the step goes on if it wants to',
    async (_what, data, message) => {
      const house = open()
      const job = await house.start()
      const refused: Error[] = []
      const copy = stepOf(house, {
        name: 'copy',
        run: async (_input, { checkpoint }) => {
          refused.push(await failure(checkpoint(data)))
          return 'on'
        },
      })
      expect(await invoke(house, job, copy)).toBe('on')
      expect(refused).toMatchObject([{ name: 'ValueNotKept', message: expect.stringMatching(message) }])
      expect((await stepsOf(house, job))[0]?.checkpoint).toBeNull()
    },
  )

  test.each<[string, unknown]>([
    ['no number', { done: Number.NaN, total: 1, unit: 'a' }],
    ['a BigInt', { done: 1n, total: null, unit: 'a' }],
    ['no unit', { done: 1, total: null }],
    ['a long unit', { done: 1, total: null, unit: 'u'.repeat(300) }],
  ])('a progress with %s throws at once', async (_what, progress) => {
    const house = open()
    const job = await house.start()
    const copy = stepOf(house, {
      name: 'copy',
      run: async (_input, tools) => tools.progress(progress as never),
    })
    const error = await failure(invoke(house, job, copy))
    expect(error).toMatchObject({
      name: 'ValueNotKept',
      message: expect.stringMatching(/^the progress cannot/),
    })
  })

  test.each<[string, unknown, RegExp]>([
    ['a BigInt', { n: 1n }, /^the result of copy cannot be kept: "n" is a BigInt/],
    ['a function', () => 1, /^the result of copy cannot be kept: JSON has no function/],
    ['300 KB', 'x'.repeat(300_000), /^the result of copy cannot be kept: it has 300002 bytes/],
  ])('a run that returns %s fails with that', async (_what, value, message) => {
    const house = open()
    const job = await house.start()
    const copy = stepOf(house, { name: 'copy', run: async () => value })
    const error = await failure(invoke(house, job, copy))
    expect(error).toMatchObject({ name: 'ValueNotKept', message: expect.stringMatching(message) })
    expect((await stepsOf(house, job))[0]).toMatchObject({
      state: 'ONGOING',
      attempt_ended: true,
      fault: { exception: 'ValueNotKept', exception_message: expect.stringMatching(message) },
    })
  })
})

describe('what is large is kept beside the step', () => {
  test('a checkpoint and a result of 150 KB each, both of one step', async () => {
    const house = open()
    const job = await house.start({ note: large('inp') })
    const seen: unknown[] = []
    const copy = stepOf(house, {
      name: 'copy',
      run: async (_input, { checkpoint, resumeFrom, attempt, job: { input } }) => {
        seen.push(resumeFrom, input)
        await checkpoint({ text: large('abc') })
        if (attempt === 1) throw new Error('again')
        return { text: large('xyz') }
      },
      revert: async ({ checkpoint, result, job: { input } }) => void seen.push(checkpoint, result, input),
    })
    await failure(invoke(house, job, copy))
    await invoke(house, job, copy)
    expect(await invoke(house, job, copy)).toEqual({ text: large('xyz') })
    await (await house.abort(job, 'force', { rollback: true })).stopping
    await house.standDown(job, { copy })
    const input = { note: large('inp') }
    const [checkpoint, result] = [{ text: large('abc') }, { text: large('xyz') }]
    expect(seen).toEqual([null, input, checkpoint, input, checkpoint, result, input])
    const [item] = await stepsOf(house, job)
    expect(JSON.stringify(item).length).toBeLessThan(4096)
  })

  test('of two values that are small the second has room in the item only as long as both have', async () => {
    const house = open()
    const job = await house.start()
    const copy = stepOf(house, {
      name: 'copy',
      run: async (_input, { checkpoint }) => {
        await checkpoint('c'.repeat(900))
        return 'r'.repeat(900)
      },
    })
    await invoke(house, job, copy)
    expect((await stepsOf(house, job))[0]).toMatchObject({
      checkpoint: { text: JSON.stringify('c'.repeat(900)) },
      result: { place: expect.stringMatching(/#result$/), bytes: 902 },
    })
    expect(await invoke(house, job, copy)).toBe('r'.repeat(900))
  })

  test('what a hook saves is there for its next try', async () => {
    const house = open()
    const job = await house.start()
    const held = heldStep(house, { name: 'copy', run: (_input, tools) => untilAborted(tools) })
    const running = failure(invoke(house, job, held.handler))
    await held.started
    held.release()
    await (await house.abort(job, 'force')).stopping
    await running
    const seen: unknown[] = []
    const cleaning = stepOf(house, {
      name: 'copy',
      abort: async ({ checkpoint, save }) => {
        seen.push(checkpoint)
        const unkept = await failure(save({ n: 1n }))
        expect(unkept.message).toMatch(/^what the hook saves cannot be kept: "n" is a BigInt/)
        if (seen.length > 3) return
        // Not awaited one by one: they are kept in the order in which they were given.
        await Promise.all([save({ first: large('a') }), save({ n: seen.length, text: large('b') })])
        throw new Error('again')
      },
    })
    const hook = { hook: 'abort' as const, key: (await stepsOf(house, job))[0]!, epoch: 2, call: 'c' }
    for (const _try of [1, 2, 3]) await failure(cleaning({ standdown: hook }, lambdaContext()))
    await cleaning({ standdown: hook }, lambdaContext())
    const saved = [1, 2, 3].map((n) => ({ n, text: large('b') }))
    expect(seen.slice(1)).toEqual(saved)
  })

  test('an attempt that lost its claim cannot overwrite what the step refers to', async () => {
    const house = open()
    const job = await house.start()
    const fencedAt = gate()
    const done = gate()
    const first = stepOf(house, {
      name: 'copy',
      run: async (_input, { checkpoint }) => {
        const kept = async () => (await stepsOf(house, job))[0]?.checkpoint !== null
        while (!(await kept())) await checkpoint({ n: 1, text: large('a') })
        fencedAt.open()
        await done.passed
        for (let i = 2; i < 6; i += 1) {
          await checkpoint({ n: i, text: large('late') })
          await pause(30)
        }
      },
    })
    const running = failure(invoke(house, job, first))
    await fencedAt.passed
    const item = (await stepsOf(house, job))[0]!
    const at = new Date().toISOString()
    const fence = { type: 'fence' as const, at, epoch: 2, abort_request: null, fault: null }
    await house.ports.steps.apply(item, fence)
    done.open()
    expect((await running).name).toBe('StepFenced')
    const after = (await stepsOf(house, job))[0]!
    expect(after.checkpoint).toEqual(item.checkpoint)
    const text = await house.ports.values.get(job.job_execution_id, after.checkpoint as never)
    expect(JSON.parse(text)).toEqual({ n: 1, text: large('a') })
  })
})

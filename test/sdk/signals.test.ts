import { expect, test, vi } from 'vitest'
import { JobAborted, StepBusy, StepFenced, StepOutOfTime } from '#sdk/index.ts'
import { inline } from '#test/core/samples.ts'
import { type MemoryHouse, openMemoryHouse, step } from '#test/engine/house.ts'
import { failure, gate, invoke, stepOf, whenAborted } from './kit.ts'

const open = (): MemoryHouse => openMemoryHouse([step('copy', 1)])
const NAMES = ['JobAborted', 'StepFenced', 'StepBusy', 'StepOutOfTime']

/** What leaves the Lambda when the author's code throws `error`, in a job that nobody aborts, and what is kept of it. */
async function thrown(error: unknown, house = open()) {
  const job = await house.start()
  const copy = stepOf(house, { name: 'copy', run: () => Promise.reject(error) })
  const left = await failure(invoke(house, job, copy))
  const [item] = await house.ports.steps.list(job.job_execution_id)
  return { left, item }
}

test.each(NAMES)(
  'an error of the author that is named %s fails the step under a name that steers nothing',
  async (name) => {
    const { left, item } = await thrown(Object.assign(new Error('the other job was aborted'), { name }))
    expect(left).toMatchObject({ name: `Thrown.${name}`, message: 'the other job was aborted' })
    expect(item).toMatchObject({
      state: 'ONGOING',
      attempt_ended: true,
      resumes: false,
      fault: { exception: `Thrown.${name}`, exception_message: 'the other job was aborted' },
    })
  },
)

test.each([
  ['JobAborted', new JobAborted('by hand')],
  ['StepFenced', new StepFenced('by hand')],
  ['StepBusy', new StepBusy('by hand')],
  ['StepOutOfTime', new StepOutOfTime('by hand')],
])("the SDK's own class %s, thrown by the author, steers nothing either", async (name, error) => {
  expect((await thrown(error)).left.name).toBe(`Thrown.${name}`)
})

test.each([
  [
    'a plain object with a name and a stack',
    { name: 'JobAborted', message: 'm', stack: 's' },
    'Thrown.JobAborted',
  ],
  [
    'a name of the service that runs it',
    Object.assign(new Error('m'), { name: 'Lambda.Unknown' }),
    'Thrown.Lambda.Unknown',
  ],
  [
    'a name of Step Functions',
    Object.assign(new Error('m'), { name: 'States.Timeout' }),
    'Thrown.States.Timeout',
  ],
  ['any other name', Object.assign(new Error('m'), { name: 'DiskFullError' }), 'DiskFullError'],
  ['no name at all', Object.assign(new Error('m'), { name: '' }), ''],
  ['a name that every object has', Object.assign(new Error('m'), { name: 'toString' }), 'toString'],
])('%s', async (_title, error, name) => {
  expect((await thrown(error)).left.name).toBe(name)
})

test("the reason of another attempt's signal steers nothing", async () => {
  const house = open()
  const job = await house.start()
  let reason: unknown
  const first = stepOf(house, {
    name: 'copy',
    run: async (_input, { checkpoint, signal }) => {
      await house.abort(job, 'force')
      house.clock.advance(1_000)
      await checkpoint().catch(() => undefined)
      reason = signal.reason
      throw reason
    },
  })
  expect((await failure(invoke(house, job, first))).name).toBe('JobAborted')
  expect(reason).toBeInstanceOf(JobAborted)
  expect((await thrown(reason, open())).left.name).toBe('Thrown.JobAborted')
})

test('the same for a hook: what its author throws is a failed clean-up, not a signal', async () => {
  const house = open()
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: () => Promise.reject(new Error('half-way')),
    abort: () => Promise.reject(Object.assign(new Error('busy'), { name: 'StepBusy' })),
  })
  await failure(invoke(house, job, copy))
  await (await house.abort(job, 'force')).stopping
  const settled = await house.standDown(job, { copy })
  expect(settled).toMatchObject({ state: 'FAILED', left_behind: ['copy: busy'] })
})

/** A step in the middle of something, told of the abort; answers which signal had fired, and how it ended. */
async function inTheMiddle(mode: 'graceful' | 'force') {
  const house = open()
  const job = await house.start()
  const [started, released] = [gate(), gate()]
  const seen = { stopping: false, signal: false, sent: false, mode: null as string | null }
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { stopping, signal, checkpoint }) => {
      started.open()
      await whenAborted(stopping)
      seen.stopping = stopping.aborted
      seen.signal = signal.aborted
      await released.passed
      seen.sent = !signal.aborted
      await checkpoint('sent').catch((error: JobAborted) => {
        seen.mode = error.mode
        throw error
      })
    },
  })
  const running = failure(invoke(house, job, copy))
  await started.passed
  await house.abort(job, mode)
  await house.pass(1_000)
  released.open()
  const error = await running
  const [item] = await house.ports.steps.list(job.job_execution_id)
  return { seen, error, item }
}

test('graceful: the step is asked to stop, finishes what it has in hand, and keeps it', async () => {
  const { seen, error, item } = await inTheMiddle('graceful')
  expect(seen).toEqual({ stopping: true, signal: false, sent: true, mode: 'graceful' })
  expect(error).toMatchObject({ name: 'JobAborted', mode: 'graceful' })
  expect(item).toMatchObject({ state: 'CANCELLING', checkpoint: inline('sent') })
})

test('force: the step is told to drop what it does', async () => {
  const { seen, error } = await inTheMiddle('force')
  expect(seen).toEqual({ stopping: true, signal: true, sent: false, mode: 'force' })
  expect(error).toMatchObject({ name: 'JobAborted', mode: 'force' })
})

test('force after graceful aborts the signal of a step that is still busy stopping', async () => {
  const house = open()
  const job = await house.start()
  const started = gate()
  const seen: boolean[] = []
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { stopping, signal }) => {
      started.open()
      await whenAborted(stopping)
      seen.push(signal.aborted)
      await house.abort(job, 'force')
      await whenAborted(signal)
      throw signal.reason
    },
  })
  const running = failure(invoke(house, job, copy))
  await started.passed
  await house.abort(job, 'graceful')
  await house.pass(1_000)
  expect(await running).toMatchObject({ name: 'JobAborted', mode: 'force' })
  expect(seen).toEqual([false])
})

test('a run that swallows what checkpoint() throws is warned of, by the name of its step', async () => {
  const house = open()
  const warn = vi.spyOn(house.ports.log, 'warn')
  const job = await house.start()
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { checkpoint }) => {
      await house.abort(job, 'graceful')
      house.clock.advance(1_000)
      await checkpoint().catch(() => undefined)
      return 'half of it'
    },
  })
  expect(await invoke(house, job, copy)).toBe('half of it')
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining('the step copy returned although it was told to stop'),
    expect.objectContaining({ name: 'JobAborted' }),
  )
  warn.mockClear()
  await invoke(house, await house.start(), stepOf(house, { name: 'copy' }))
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
})

/** Four loops at once, each of which stops when its checkpoint throws; the abort comes in their middle. */
async function fourLoops(wait: 'all' | 'Promise.all') {
  const house = open()
  const job = await house.start()
  const log: string[] = []
  const gates = [gate(), gate(), gate(), gate()]
  const started = gate()
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { all, checkpoint }) => {
      const parts = gates.map(async ({ passed }, i) => {
        await passed
        log.push(`part ${i}`)
        await checkpoint({ i })
      })
      started.open()
      await (wait === 'all' ? all(parts) : Promise.all(parts))
    },
    abort: async () => void log.push('abort'),
  })
  const running = failure(invoke(house, job, copy))
  await started.passed
  await (await house.abort(job, 'graceful')).stopping
  await house.pass(1_000)
  gates[0]!.open()
  await house.pass(1_000)
  return { house, job, copy, log, running, release: () => gates.map(({ open }) => open()) }
}

test('parallel work by all(): the clean-up waits for every part', async () => {
  const { house, job, copy, log, running, release } = await fourLoops('all')
  expect((await house.ports.steps.list(job.job_execution_id))[0]?.state).toBe('ONGOING')
  release()
  expect((await running).name).toBe('JobAborted')
  await house.standDown(job, { copy })
  expect(log).toEqual(['part 0', 'part 1', 'part 2', 'part 3', 'abort'])
})

test('work that outlives its run, as by Promise.all, writes nothing more: its checkpoints throw', async () => {
  const house = open()
  const job = await house.start()
  const late = gate()
  const outcome = gate()
  let error: Error | undefined
  const copy = stepOf(house, {
    name: 'copy',
    run: async (_input, { checkpoint }) => {
      const slow = late.passed
        .then(() => checkpoint('too late'))
        .catch((thrown: Error) => {
          error = thrown
        })
      void slow.then(outcome.open)
      await Promise.all([slow, Promise.reject(new Error('no disk'))])
    },
  })
  await failure(invoke(house, job, copy))
  const before = await house.ports.steps.list(job.job_execution_id)
  house.clock.advance(1_000)
  late.open()
  await outcome.passed
  expect(error?.message).toContain('wait for parallel work by all()')
  expect(await house.ports.steps.list(job.job_execution_id)).toEqual(before)
})

import { expect, test } from 'vitest'
import { viewJob } from '#core/api/job-view.ts'
import { type House, lambdaContext, openHouse, step } from '#test/engine/house.ts'
import {
  failure,
  gate,
  heldStep,
  invoke,
  refusal,
  stepOf,
  stopClock,
  untilAborted,
  useTable,
  whenAborted,
} from './kit.ts'

const table = useTable()

const open = (): House => openHouse(table().client, [step('list', 1), step('copy', 2)])
const stepsOf = (house: House, job: { job_execution_id: string }) =>
  house.ports.steps.list(job.job_execution_id)

test('an abort accepted before a claim: the handler never runs, and nothing is left to clean up', async () => {
  const house = open()
  const job = await house.start()
  const { job: aborted } = await house.abort(job, 'graceful')
  expect(aborted.state).toBe('CANCELLING')
  expect((await refusal(house, job, 'list')).name).toBe('JobAborted')
  expect(await stepsOf(house, job)).toMatchObject([
    { state: 'CANCELLING', touched: false, attempt_ended: true },
  ])
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})

test('an abort accepted after a claim sees the step, and leaves the execution to it', async () => {
  const house = open()
  const job = await house.start()
  const list = heldStep(house, { name: 'list', run: (_input, tools) => untilAborted(tools) })
  const running = failure(invoke(house, job, list.handler))
  await list.started
  await (await house.abort(job, 'graceful')).stopping
  expect(house.executions.stops).toEqual([])
  list.release()
  expect((await running).name).toBe('JobAborted')
  expect(house.executions.stops).toEqual([job.execution_arn])
})

test('a retry and a duplicate invocation after the abort have no effect', async () => {
  const house = open()
  const job = await house.start()
  let runs = 0
  const list = stepOf(house, {
    name: 'list',
    run: async () => {
      runs += 1
      throw new Error('try again')
    },
  })
  await failure(invoke(house, job, list))
  await house.abort(job, 'graceful')
  expect((await failure(invoke(house, job, list))).name).toBe('JobAborted')
  expect((await failure(invoke(house, job, list))).name).toBe('JobAborted')
  expect(runs).toBe(1)
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
})

test('a duplicate invocation of a finished step answers the kept result and runs nothing', async () => {
  const house = open()
  const job = await house.start()
  let runs = 0
  const list = stepOf(house, { name: 'list', run: async () => ({ run: ++runs }) })
  expect(await invoke(house, job, list)).toEqual({ run: 1 })
  expect(await invoke(house, job, list)).toEqual({ run: 1 })
})

test('a duplicate invocation of a running step is refused as busy', async () => {
  const house = open()
  const job = await house.start()
  const list = heldStep(house, { name: 'list' })
  const first = invoke(house, job, list.handler)
  await list.started
  expect((await failure(invoke(house, job, list.handler))).name).toBe('StepBusy')
  list.release()
  await first
})

test('the signal is of one invocation: the next job in the same environment starts with a fresh one', async () => {
  const house = open()
  const signals: AbortSignal[] = []
  const stoppings: AbortSignal[] = []
  const started = gate()
  const list = stepOf(house, {
    name: 'list',
    run: async (_input, tools) => {
      signals.push(tools.signal)
      stoppings.push(tools.stopping)
      started.open()
      if (signals.length === 1) await untilAborted(tools)
    },
  })
  const first = await house.start()
  const running = failure(invoke(house, first, list))
  await started.passed
  await house.abort(first, 'force')
  await running
  await invoke(house, await house.start(), list)
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false])
  expect(stoppings.map((stopping) => stopping.aborted)).toEqual([true, false])
})

test.each(['boundary', 'never'] as const)(
  'a step that is abortable "%s" defers a graceful abort to its end, and says so',
  async (abortable) => {
    const house = openHouse(table().client, [step('list', 1, { abortable }), step('copy', 2)])
    const job = await house.start()
    const list = heldStep(house, {
      name: 'list',
      abortable,
      run: async (_input, { signal, checkpoint }) => {
        await checkpoint({ at: 1 })
        return signal.aborted
      },
    })
    const running = invoke(house, job, list.handler)
    await list.started
    const { jobs, templates } = house.ports
    const view = viewJob((await jobs.get(job.job_execution_id))!, {
      steps: await stepsOf(house, job),
      template: await templates.ofJob(job),
      now: new Date().toISOString(),
    })
    expect(view.supported_abort_modes[0]).toMatchObject({
      supported: true,
      reason: 'waits for the end of list',
    })
    await (await house.abort(job, 'graceful')).stopping
    expect(house.executions.stops).toEqual([])
    list.release()
    expect(await running).toBe(false)
    expect((await stepsOf(house, job))[0]?.state).toBe('SUCCEEDED')
    expect(house.executions.stops).toEqual([job.execution_arn])
  },
)

test('force does not wait for a step that cannot be aborted', async () => {
  const house = openHouse(table().client, [step('list', 1, { abortable: 'never' }), step('copy', 2)])
  const job = await house.start()
  const started = gate()
  const list = stepOf(house, {
    name: 'list',
    abortable: 'never',
    run: async (_input, { signal }) => {
      started.open()
      await whenAborted(signal)
      throw signal.reason
    },
  })
  const running = failure(invoke(house, job, list))
  await started.passed
  await (await house.abort(job, 'force')).stopping
  expect(house.executions.all.get(job.execution_arn)?.status).toBe('ABORTED')
  expect((await running).name).toBe('JobAborted')
})

test('a step that checkpoints sees the abort within two periods', async () => {
  const house = open()
  const job = await house.start()
  const pass = stopClock()
  let periods = 0
  const list = stepOf(house, {
    name: 'list',
    run: async (_input, { checkpoint, signal }) => {
      await house.abort(job, 'graceful')
      for (; !signal.aborted; periods += 1) {
        pass(house.stepPorts().timing.lookMs)
        await checkpoint()
      }
    },
  })
  await failure(invoke(house, job, list))
  expect(periods).toBeLessThanOrEqual(2)
})

test('a Lambda whose time is nearly over ends with what it has, and the next attempt resumes', async () => {
  const house = open()
  const job = await house.start()
  const list = stepOf(house, {
    name: 'list',
    run: async (_input, tools) => (tools.attempt === 1 ? untilAborted(tools) : tools.resumeFrom),
  })
  const first = failure(list(house.payload(job, 'list'), lambdaContext(5_100)))
  expect((await first).name).toBe('StepOutOfTime')
  expect(await invoke(house, job, list)).toEqual(expect.any(Number))
})

import validate from 'asl-validator'
import { Duration } from 'aws-cdk-lib'
import * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks'
import { createRig, FunctionError, type Rig } from 'standdown-local/step-functions-rig'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExternalStepProps } from '#infra/constructs/external-step.ts'
import { type Author, render, STEP_ARN } from './render.ts'

// Tasks that run no code of ours, as they are deployed, in the local runtime's interpreter.

type Mark = {
  step?: string
  ends?: string
  failed?: true
  order?: number
  index?: number
  visit?: string
  entered_at?: string
  loop_order?: number
  concurrency?: number
  external?: { entered_at: string; retry: number }
}
type Call = { standdown?: Mark; result?: unknown; error?: unknown }

let bench: Rig
beforeEach(() => {
  bench = createRig()
})
afterEach(() => bench.close())

const boundary: ExternalStepProps = { abortable: 'boundary' }

/** A task that calls a function of somebody else's. */
const work = ({ stack }: Author, id: string, props: Partial<tasks.LambdaInvokeProps> = {}) =>
  new tasks.LambdaInvoke(stack, id, {
    lambdaFunction: lambda.Function.fromFunctionArn(stack, `Function of ${id}`, STEP_ARN),
    payload: sfn.TaskInput.fromObject({ work: id }),
    retryOnServiceExceptions: false,
    payloadResponseOnly: true,
    ...props,
  })

/** What was called, in a word each. */
const story = (): string[] =>
  (bench.calls as Call[]).map((call) => {
    const { standdown } = call
    if (!standdown) return 'work'
    if (standdown.step) return `claim ${standdown.step}`
    if (!standdown.ends) return 'commit'
    return `${standdown.failed ? 'fail' : 'finish'} ${standdown.ends}`
  })

const callsOf = (word: string): Call[] => (bench.calls as Call[]).filter((_call, i) => story()[i] === word)
const markOf = (word: string): Mark => callsOf(word)[0]!.standdown!

/** The functions of Standdown answer what the deployed ones do. */
const answering = (worker: (call: Call) => unknown) =>
  bench.onInvoke((given) => {
    const call = given as Call
    if (!call.standdown) return worker(call)
    if (call.standdown.failed) {
      const { Error: name = 'TaskFailed', Cause = '' } = (call.error ?? {}) as {
        Error?: string
        Cause?: string
      }
      return { Error: name, Cause }
    }
    return null
  })

test('is claimed before, and its result is told after; the data are as they would be without', async () => {
  answering(() => ({ made: 7 }))
  const chain = (author: Author) =>
    author.steps.external('train', work(author, 'Train it', { resultPath: '$.model' }), boundary)
  const definition = render(chain)
  expect(validate(structuredClone(definition)).isValid).toBe(true)
  const ended = await bench.run(definition, { given: 1 })
  expect(story()).toEqual(['claim train', 'work', 'finish train', 'commit'])
  expect(callsOf('finish train')[0]).toMatchObject({ result: { made: 7 } })
  expect(JSON.parse(String(ended.output))).toEqual({ given: 1, model: { made: 7 } })
  expect(markOf('claim train')).toMatchObject({ order: 1, external: { retry: 0, revert_when: 'rollback' } })
  expect(markOf('finish train')).toMatchObject({ order: 1 })
})

test('whose result is thrown away is told to have ended all the same', async () => {
  answering(() => ({ made: 7 }))
  const chain = (author: Author) =>
    author.steps.external('train', work(author, 'train', { resultPath: sfn.JsonPath.DISCARD }), boundary)
  expect((await bench.run(render(chain), { given: 1 })).output).toBe('{"given":1}')
  expect(story()).toEqual(['claim train', 'work', 'finish train', 'commit'])
})

test('that fails is told so, and the execution fails of the same error', async () => {
  answering(() => {
    throw new FunctionError('Broken', 'no disk')
  })
  const ended = await bench.run(
    render((author) => author.steps.external('train', work(author, 'train'), boundary)),
  )
  expect(story()).toEqual(['claim train', 'work', 'fail train'])
  expect(callsOf('fail train')[0]).toMatchObject({
    error: { Error: 'Broken', Cause: expect.stringContaining('no disk') },
  })
  expect(ended).toMatchObject({
    status: 'FAILED',
    error: 'Broken',
    cause: expect.stringContaining('no disk'),
  })
})

test('has its own retries first, and then goes on where its Catch leads, with the error where that says', async () => {
  answering(() => {
    throw new FunctionError('Broken', 'no disk')
  })
  const chain = (author: Author) => {
    const train = work(author, 'train')
    train.addRetry({ errors: ['Broken'], maxAttempts: 2, interval: Duration.seconds(1), backoffRate: 1 })
    train.addCatch(author.step('instead', { resultPath: sfn.JsonPath.DISCARD }), {
      errors: ['Broken'],
      resultPath: '$.why',
    })
    return author.steps.external('train', train, boundary)
  }
  const ended = await bench.run(render(chain), {})
  expect(story()).toEqual(['claim train', 'work', 'work', 'work', 'fail train', 'claim instead', 'commit'])
  expect(callsOf('fail train')).toMatchObject([{ error: { Error: 'Broken' } }])
  expect(ended.status).toBe('SUCCEEDED')
  expect(JSON.parse(String(ended.output))).toMatchObject({ why: { Error: 'Broken' } })
})

test('an error that its Catch does not name is told all the same, and fails the execution', async () => {
  answering(() => {
    throw new FunctionError('Other', 'power')
  })
  const chain = (author: Author) => {
    const train = work(author, 'train')
    train.addCatch(author.step('instead'), { errors: ['Broken'] })
    return author.steps.external('train', train, boundary)
  }
  expect(await bench.run(render(chain), {})).toMatchObject({ status: 'FAILED', error: 'Other' })
  expect(story()).toEqual(['claim train', 'work', 'fail train'])
})

test('in a Map each child tells its index, and a failing one keeps it', async () => {
  answering(({ standdown: _none, ...call }) => {
    if ((call as { item?: string }).item === 'bad') throw new FunctionError('Broken')
    return { done: (call as { item?: string }).item }
  })
  const payload = sfn.TaskInput.fromObject({ item: sfn.JsonPath.stringAt('$.item') })
  const chain = (author: Author) =>
    author.steps
      .map('Each', { items: '$.list', maxConcurrency: 1 })
      .itemProcessor(author.steps.external('train', work(author, 'train', { payload }), boundary))
  expect((await bench.run(render(chain), { list: ['good', 'bad'] })).error).toBe('Broken')
  expect(callsOf('finish train')).toMatchObject([{ standdown: { index: 0 }, result: { done: 'good' } }])
  expect(callsOf('fail train')).toMatchObject([{ standdown: { index: 1 }, error: { Error: 'Broken' } }])
})

test('in branches of a Parallel each is a step of its own', async () => {
  answering(() => 'done')
  const chain = (author: Author) =>
    new sfn.Parallel(author.stack, 'Both')
      .branch(author.steps.external('left', work(author, 'left'), boundary))
      .branch(author.steps.external('right', work(author, 'right'), boundary))
  expect((await bench.run(render(chain))).output).toBe('["done","done"]')
  expect(story().sort()).toEqual(
    ['claim left', 'claim right', 'commit', 'finish left', 'finish right', 'work', 'work'].sort(),
  )
  expect(markOf('claim left')).toMatchObject({ order: 1, concurrency: 2 })
})

test('in a loop each round is a visit, and who tells of its end says when', async () => {
  let rounds = 0
  answering(() => ({ again: ++rounds < 2 }))
  const chain = (author: Author) => {
    const poll = author.steps.external('poll', work(author, 'poll', { resultPath: '$.poll' }), boundary)
    const again = new sfn.Choice(author.stack, 'Again?')
    const isAgain = sfn.Condition.booleanEquals('$.poll.again', true)
    return poll.next(again.when(isAgain, poll).otherwise(author.step('last')))
  }
  expect((await bench.run(render(chain), {})).status).toBe('SUCCEEDED')
  const [first, second] = callsOf('claim poll').map(({ standdown }) => standdown!)
  expect(first!.visit).not.toBe(second!.visit)
  expect(first!.visit).toBe(first!.external?.entered_at)
  const ends = callsOf('finish poll').map(({ standdown }) => standdown!)
  expect(ends).toMatchObject([{ loop_order: 1 }, { loop_order: 1 }])
  expect(ends[0]!.entered_at! >= first!.visit!).toBe(true)
  expect(ends[0]!.entered_at! <= second!.visit!).toBe(true)
})

test('a claim that is tried again says which try of the same entry it is', async () => {
  let tries = 0
  bench.onInvoke((given) => {
    const { standdown } = given as Call
    if (standdown?.step && tries++ === 0) throw new FunctionError('Lambda.Unknown')
    return null
  })
  await bench.run(render((author) => author.steps.external('train', work(author, 'train'), boundary)))
  const [first, second] = callsOf('claim train').map(({ standdown }) => standdown!.external!)
  expect(first).toMatchObject({ retry: 0, entered_at: second!.entered_at })
  expect(second).toMatchObject({ retry: 1 })
})

test('a claim that the job refuses parks, and the task does not begin', async () => {
  bench.onInvoke((given) => {
    if ((given as Call).standdown?.step) throw new FunctionError('JobAborted')
    return null
  })
  const executionArn = await bench.start(
    render((author) => author.steps.external('train', work(author, 'train'), boundary)),
  )
  await bench.invoked(1)
  await bench.call('StopExecution', { executionArn })
  await bench.ended(executionArn)
  expect(story()).toEqual(['claim train'])
})

test('a task that is wrapped costs two transitions, and two invocations, more', async () => {
  answering(() => 'done')
  const costs = async (wrap: (author: Author, task: ReturnType<typeof work>) => sfn.IChainable) => {
    bench.calls.length = 0
    const chain = (author: Author) => author.step('first').next(wrap(author, work(author, 'train')))
    const { executionArn } = (await bench.run(render(chain))) as unknown as { executionArn: string }
    const types = (await bench.history(executionArn)).map(({ type }) => type)
    const entered = types.filter((type) => type.endsWith('StateEntered')).length
    return { entered, events: types.length, calls: bench.calls.length }
  }
  const plain = await costs(({ steps }, task) => steps.ungated(task))
  const wrapped = await costs(({ steps }, task) => steps.external('train', task, boundary))
  expect(wrapped).toEqual({
    entered: plain.entered + 2,
    events: plain.events + 10,
    calls: plain.calls + 2,
  })
})

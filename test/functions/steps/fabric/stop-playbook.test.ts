import { expect, test } from 'vitest'
import { PlaybookRefused, RunCommandUnavailable } from '#functions/steps/fabric/errors.ts'
import { JobAborted } from '#sdk/index.ts'
import { newMemory } from '../object-migration/tools.ts'
import { fabricJob } from './fabric-job.ts'
import { FakeCommands, invocation, type Script } from './fake-commands.ts'

const SECOND = 1_000
const CANCELLED: Script = ({ sinceCancel }) => [
  invocation('i-1', sinceCancel === null ? 'InProgress' : 'Cancelled'),
]

/** A run that is aborted by force in its second poll. */
async function aborted(commands: FakeCommands) {
  const job = fabricJob(commands)
  const memory = newMemory()
  const controller = new AbortController()
  let polls = 0
  commands.onCall = (call) => {
    if (call === 'state' && ++polls === 2) controller.abort(new JobAborted('by force', 'force'))
  }
  await expect(job.run({ memory, signal: controller.signal })).rejects.toThrow(JobAborted)
  commands.onCall = () => undefined
  return { job, memory }
}

test('force asks for the end at once, and the hook keeps that it was cancelled', async () => {
  const commands = new FakeCommands(CANCELLED)
  const { job, memory } = await aborted(commands)
  expect(commands.cancels).toHaveLength(1)
  await job.abort({ memory })
  expect(memory.checkpoint).toMatchObject({ report: { state: 'CANCELLED', targets: { percent_done: 100 } } })
})

test('an invocation that ends by itself meanwhile is told as it ended', async () => {
  const commands = new FakeCommands(({ sinceCancel }) => [
    invocation('i-1', sinceCancel === null ? 'InProgress' : 'Success'),
  ])
  const { job, memory } = await aborted(commands)
  await job.abort({ memory })
  expect(memory.checkpoint).toMatchObject({ name: 'leafs', report: { state: 'SUCCEEDED', reason: null } })
})

test('while an invocation is Cancelling for a minute the cancel is repeated with growing pauses', async () => {
  const commands = new FakeCommands(({ sinceCancel }) => [
    invocation(
      'i-1',
      sinceCancel === null ? 'InProgress' : sinceCancel < 60 * SECOND ? 'Cancelling' : 'Cancelled',
    ),
  ])
  // The command is told as ended long before.
  commands.commandStatus = () => ['Cancelled']
  const { job, memory } = await aborted(commands)
  const begun = commands.clock.now()
  commands.commandStatus = ([only]) => [only?.status ?? 'Pending']
  await job.abort({ memory })
  expect(commands.clock.now() - begun).toBeGreaterThan(50 * SECOND)
  const gaps = commands.cancels.slice(1).map((at, i) => at - commands.cancels[i]!)
  expect(gaps.length).toBeGreaterThan(3)
  expect(gaps.at(-1)).toBeGreaterThan(gaps[1]!)
})

test('a command that is told as ended is waited for while an invocation of it is still Cancelling', async () => {
  const commands = new FakeCommands(({ sinceCancel }) => [
    invocation('i-1', (sinceCancel ?? 0) < 60 * SECOND ? 'Cancelling' : 'Cancelled'),
  ])
  const { job, memory } = await aborted(commands)
  commands.commandStatus = () => ['Cancelled']
  const begun = commands.clock.now()
  await job.abort({ memory })
  expect(commands.clock.now() - begun).toBeGreaterThan(50 * SECOND)
})

test('a cancel that is throttled is repeated, one that is refused fails the clean-up', async () => {
  const commands = new FakeCommands(CANCELLED)
  const job = fabricJob(commands)
  const memory = newMemory()
  commands.onCall = (call) => {
    if (call === 'state') throw new Error('killed')
  }
  await expect(job.run({ memory })).rejects.toThrow('killed')
  let throttled = 3
  commands.onCall = (call) => {
    if (call === 'cancel' && throttled-- > 0) throw new RunCommandUnavailable('ThrottlingException')
  }
  await job.abort({ memory })
  expect(memory.checkpoint).toMatchObject({ report: { state: 'CANCELLED' } })
  commands.script = () => [invocation('i-1', 'InProgress')]
  commands.onCall = (call) => {
    if (call === 'cancel') throw new Error('AccessDeniedException')
  }
  await expect(job.abort({ memory })).rejects.toThrow('AccessDenied')
})

test('what a run sent that died before it could write anything is found and cancelled', async () => {
  const commands = new FakeCommands(CANCELLED)
  commands.lagMs = 10 * SECOND
  const job = fabricJob(commands)
  commands.onCall = (call) => {
    if (call === 'state') throw new Error('killed')
  }
  await expect(job.run()).rejects.toThrow('killed')
  commands.onCall = () => undefined
  const memory = newMemory()
  await job.abort({ memory })
  expect(commands.cancels).not.toEqual([])
  expect(memory.checkpoint).toMatchObject({ report: { state: 'CANCELLED' } })
})

test.each([0, 2])(
  'with %d retries what is found to have ended already is not looked for any longer',
  async (retries) => {
    const commands = new FakeCommands(CANCELLED)
    const job = fabricJob(commands, { retries })
    commands.onCall = (call) => {
      if (call === 'state') throw new Error('killed')
    }
    await expect(job.run()).rejects.toThrow('killed')
    commands.onCall = () => undefined
    await commands.cancel('command-1')
    const memory = newMemory()
    const begun = commands.clock.now()
    await job.abort({ memory })
    // Of a playbook that may be repeated the last pass may not be shown yet.
    expect(commands.clock.now() - begun > 30 * SECOND).toBe(retries > 0)
    if (retries === 0) expect(memory.checkpoint).toMatchObject({ report: { state: 'CANCELLED' } })
  },
)

test('a command of which nothing is told is not called ended: the clean-up fails and names it', async () => {
  const commands = new FakeCommands(CANCELLED)
  const { job, memory } = await aborted(commands)
  commands.lagMs = Number.POSITIVE_INFINITY
  await expect(job.abort({ memory })).rejects.toThrow('command-1')
  expect(memory.checkpoint).toMatchObject({ report: null })
})

test('what was refused is not looked for', async () => {
  const commands = new FakeCommands()
  const job = fabricJob(commands)
  const memory = newMemory()
  commands.onCall = (call) => {
    if (call === 'send') throw new PlaybookRefused('AccessDeniedException')
  }
  await expect(job.run({ memory })).rejects.toThrow(PlaybookRefused)
  commands.onCall = (call) => expect.unreachable(call)
  await job.abort({ memory })
})

test('a run that sent nothing leaves nothing to cancel', async () => {
  const commands = new FakeCommands()
  const memory = newMemory()
  await fabricJob(commands).abort({ memory })
  expect(commands.cancels).toEqual([])
  expect(memory.checkpoint).toBeNull()
})

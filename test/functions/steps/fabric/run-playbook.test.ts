import { describe, expect, test } from 'vitest'
import { PlaybookRefused, RunCommandUnavailable } from '#functions/steps/fabric/errors.ts'
import { JobAborted, StepOutOfTime } from '#sdk/index.ts'
import { newMemory } from '../object-migration/tools.ts'
import { fabricJob } from './fabric-job.ts'
import { FakeCommands, invocation, type Script } from './fake-commands.ts'

const SECOND = 1_000
const endsAfter =
  (seconds: number, status = 'Success'): Script =>
  ({ ms }) => [invocation('i-1', ms < seconds * SECOND ? 'InProgress' : status)]

describe('a command that lists do not show yet', () => {
  test('is still running for the seconds that they lag', async () => {
    const commands = new FakeCommands(endsAfter(8))
    commands.lagMs = 5 * SECOND
    await expect(fabricJob(commands).run()).resolves.toMatchObject({ state: 'SUCCEEDED' })
    expect(commands.sent).toHaveLength(1)
  })

  test('is FAILED saying so once the time for its delivery has passed', async () => {
    const commands = new FakeCommands()
    commands.lagMs = Number.POSITIVE_INFINITY
    const run = fabricJob(commands, { timeout_seconds: 120 }).run()
    await expect(run).rejects.toMatchObject({ name: 'PlaybookFailed', message: /not delivered/ })
    const waited = commands.clock.now() - commands.sent[0]!.at
    expect(waited).toBeGreaterThan(120 * SECOND)
  })
})

describe('SendCommand', () => {
  test.each([
    ['AWS-RunShellScript', 120, { executionTimeout: ['120'] }, 120],
    ['AWS-RunShellScript', 10, { executionTimeout: ['10'] }, 30],
    ['AWS-ApplyAnsiblePlaybooks', 7_200, { TimeoutSeconds: ['7200'] }, 7_200],
  ])('%s with timeout_seconds %d gets %o as its own parameter', async (document, seconds, own, delivery) => {
    const commands = new FakeCommands()
    await fabricJob(commands, { document, timeout_seconds: seconds }).run()
    expect(commands.sent[0]).toMatchObject({ parameters: own, deliverySeconds: delivery })
  })

  test('a time is refused where the document has no parameter for it, or it is said twice', async () => {
    const commands = new FakeCommands()
    const without = fabricJob(commands, { document: 'Own-Document', timeout_seconds: 60 }).run()
    await expect(without).rejects.toThrow(PlaybookRefused)
    const parameters = { executionTimeout: '5' }
    const twice = fabricJob(commands, { parameters, timeout_seconds: 60 }).run()
    await expect(twice).rejects.toThrow(/say it once/)
    expect(commands.sent).toEqual([])
  })

  test('a reply that is lost is found by the comment, and the playbook runs once', async () => {
    const commands = new FakeCommands(endsAfter(20))
    commands.lose = ['reply']
    commands.lagMs = 10 * SECOND
    await expect(fabricJob(commands).run()).resolves.toMatchObject({ command_id: 'command-1' })
    expect(commands.sent).toHaveLength(1)
  })

  test('a request that was lost itself is sent again once no list can lag any more', async () => {
    const commands = new FakeCommands()
    commands.lose = ['request']
    const begun = commands.clock.now()
    await fabricJob(commands).run()
    expect(commands.sent).toHaveLength(1)
    expect(commands.sent[0]!.at - begun).toBeGreaterThan(30 * SECOND)
  })

  test('throttled it is tried again; for long it is left to the next attempt', async () => {
    const commands = new FakeCommands()
    let throttled = 2
    commands.onCall = (call) => {
      if (call === 'send' && throttled-- > 0) throw new RunCommandUnavailable('throttled')
    }
    await expect(fabricJob(commands).run()).resolves.toMatchObject({ state: 'SUCCEEDED' })
    throttled = Number.POSITIVE_INFINITY
    await expect(fabricJob(commands).run()).rejects.toThrow(RunCommandUnavailable)
  })

  test('refused it is final', async () => {
    const commands = new FakeCommands()
    let calls = 0
    commands.onCall = () => {
      calls += 1
      throw new PlaybookRefused('AccessDeniedException')
    }
    await expect(fabricJob(commands).run()).rejects.toThrow(PlaybookRefused)
    expect(calls).toBe(1)
  })
})

describe('a later attempt', () => {
  test('goes on with the command of the checkpoint', async () => {
    const commands = new FakeCommands(endsAfter(60))
    const job = fabricJob(commands)
    const memory = newMemory()
    const controller = new AbortController()
    const outOfTime = new StepOutOfTime('the Lambda is over')
    commands.onCall = () => {
      if (commands.clock.pauses.length > 3) controller.abort(outOfTime)
    }
    await expect(job.run({ memory, signal: controller.signal })).rejects.toBe(outOfTime)
    expect(commands.cancels).toEqual([])
    commands.onCall = () => undefined
    await expect(job.run({ memory, attempt: 2 })).resolves.toMatchObject({ command_id: 'command-1' })
    expect(commands.sent).toHaveLength(1)
  })

  test('finds the command of an attempt that died before it could write anything', async () => {
    const commands = new FakeCommands(endsAfter(60))
    const job = fabricJob(commands)
    commands.onCall = (call) => {
      if (call === 'state') throw new Error('killed')
    }
    await expect(job.run({ memory: newMemory() })).rejects.toThrow('killed')
    commands.onCall = () => undefined
    await expect(job.run({ attempt: 2 })).resolves.toMatchObject({ command_id: 'command-1' })
    expect(commands.sent).toHaveLength(1)
  })
})

describe('polls', () => {
  test('that are throttled five times in a row do not fail the playbook, and the pauses grow', async () => {
    const commands = new FakeCommands(endsAfter(30))
    let polls = 0
    commands.onCall = (call) => {
      if (call === 'state' && polls++ < 5) throw new RunCommandUnavailable('ThrottlingException')
    }
    await expect(fabricJob(commands).run()).resolves.toMatchObject({ state: 'SUCCEEDED' })
    expect(commands.clock.pauses[4]).toBeGreaterThan(4 * commands.clock.pauses[0]!)
  })

  test('of a long playbook come at least seven seconds apart', async () => {
    const commands = new FakeCommands(endsAfter(600))
    await fabricJob(commands).run()
    expect(Math.min(...commands.clock.pauses.slice(-10))).toBeGreaterThan(7 * SECOND)
  })

  test('end at once with the abort, however long the pause', async () => {
    const commands = new FakeCommands(endsAfter(600))
    const controller = new AbortController()
    const reason = new JobAborted('by force', 'force')
    let abortedAt = 0
    commands.onCall = (call) => {
      if (call !== 'state' || commands.clock.pauses.length < 20) return
      abortedAt = commands.clock.now()
      controller.abort(reason)
    }
    await expect(fabricJob(commands).run({ signal: controller.signal })).rejects.toBe(reason)
    expect(commands.cancels).toEqual([abortedAt])
  })
})

describe('what became of a playbook', () => {
  test('is FAILED where one of three targets succeeded, whatever the command says', async () => {
    const script: Script = () => [
      invocation('i-1', 'Success'),
      invocation('i-2', 'Failed', 'Undeliverable'),
      invocation('i-3', 'TimedOut', 'DeliveryTimedOut'),
    ]
    for (const told of ['Success', 'Incomplete']) {
      const commands = new FakeCommands(script)
      commands.commandStatus = () => ['Success', told]
      const result = await fabricJob(commands, { on_failure: 'continue' }).run()
      expect(result).toMatchObject({
        state: 'FAILED',
        status_details: told,
        targets: {
          total: 3,
          percent_done: 100,
          percent_succeeded: 33,
          counts: { Success: 1, Undeliverable: 1, DeliveryTimedOut: 1 },
          failed: [
            { target: 'i-2', status: 'Failed', status_details: 'Undeliverable' },
            { target: 'i-3', status: 'TimedOut', status_details: 'DeliveryTimedOut' },
          ],
        },
      })
      const stops = fabricJob(commands).run()
      await expect(stops).rejects.toThrow(/1 of 3 targets succeeded \(33%\): i-2 Undeliverable, i-3/)
    }
  })

  test('of a tag that matches nothing is FAILED: no targets matched', async () => {
    const targets = [{ key: 'tag:role', values: ['spine'] }]
    for (const status of ['Failed', 'Success']) {
      const commands = new FakeCommands(() => [])
      commands.commandStatus = () => [status, 'NoInstancesInTag']
      await expect(fabricJob(commands, { targets }).run()).rejects.toThrow('no targets matched')
    }
  })

  test('waits for targets that the list lacks yet when the command has ended', async () => {
    const all = [invocation('i-1', 'Success'), invocation('i-2', 'Success')]
    const commands = new FakeCommands(({ ms }) => (ms < 10 * SECOND ? all.slice(1) : all))
    commands.targets = 2
    await expect(fabricJob(commands).run()).resolves.toMatchObject({ targets: { counts: { Success: 2 } } })
  })

  test('is FAILED where a target is never listed, whatever the others are', async () => {
    const commands = new FakeCommands()
    commands.targets = 3
    const { state, targets } = await fabricJob(commands, { on_failure: 'continue' }).run()
    expect([state, targets.counts]).toEqual(['FAILED', { Success: 1, NotListed: 2 }])
    expect(targets).toMatchObject({ total: 3, percent_done: 33, percent_succeeded: 33 })
  })

  test('names the first hundred targets that failed, and counts all', async () => {
    const all = Array.from({ length: 250 }, (_, i) => invocation(`i-${i}`, 'Failed'))
    const commands = new FakeCommands(() => all)
    const { targets } = await fabricJob(commands, { on_failure: 'continue' }).run()
    expect(targets.counts).toEqual({ Failed: 250 })
    expect(targets.failed).toHaveLength(100)
  })

  test('keeps 4 KB of what AWS gives of a long output, marked as truncated', async () => {
    const commands = new FakeCommands(() => [invocation('i-1', 'Failed')])
    // Of 100,000 characters AWS gives the first 24,000.
    commands.outputs['i-1'] = { exitCode: 3, stdout: 'ü'.repeat(24_000), stderr: 'why', isCut: true }
    const { output, exit_code } = await fabricJob(commands, { on_failure: 'continue' }).run()
    expect(exit_code).toBe(3)
    expect(output).toMatchObject({ target: 'i-1', stderr: 'why', truncated: true })
    expect(Buffer.byteLength(output!.stdout)).toBeLessThanOrEqual(4_096)
    expect(output!.stdout).toMatch(/^ü+$/)
  })

  test('with a short output keeps all of it, and does not call it truncated', async () => {
    const commands = new FakeCommands()
    commands.outputs['i-1'] = { exitCode: 0, stdout: 'configured\n', stderr: '', isCut: false }
    const { output } = await fabricJob(commands).run()
    expect(output).toEqual({ target: 'i-1', stdout: 'configured\n', stderr: '', truncated: false })
  })

  test('is told by a repeat of the attempt without a call', async () => {
    const commands = new FakeCommands(endsAfter(0, 'Failed'))
    const job = fabricJob(commands)
    const memory = newMemory()
    await expect(job.run({ memory })).rejects.toThrow('leafs')
    commands.onCall = (call) => expect.unreachable(call)
    await expect(job.run({ memory, attempt: 2 })).rejects.toThrow('leafs')
  })
})

describe('a playbook that is to be repeated', () => {
  test('is so on the targets that failed, as a step of its own', async () => {
    const script: Script = () => [invocation('i-1', 'Success'), invocation('i-2', 'Failed')]
    const commands = new FakeCommands(script)
    const job = fabricJob(commands, { retries: 1 })
    const { next } = await job.run()
    expect(next).toEqual({ repeat: true, number: 1, targets: ['i-2'] })
    commands.script = () => [invocation('i-2', 'Success')]
    const again = await job.run({}, next)
    expect(again).toMatchObject({ state: 'SUCCEEDED', pass: 2, next: { repeat: false } })
    expect(commands.sent[1]).toMatchObject({ targets: { instanceIds: ['i-2'] } })
    expect(commands.sent[0]?.comment).not.toBe(commands.sent[1]?.comment)
  })

  test('fails the job when its last repeat has failed', async () => {
    const job = fabricJob(new FakeCommands(endsAfter(0, 'Failed')), { retries: 1 })
    const { next } = await job.run()
    await expect(job.run({}, next)).rejects.toMatchObject({ name: 'PlaybookFailed' })
  })
})

import { expect, test } from 'vitest'
import { type Problem, type Started, statesOf } from './api-client.ts'
import { stopByHand } from './by-hand.ts'
import { isRunning, LEAFS, Marks, scripted } from './fabric-data.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

type Invalid = Problem & { errors: { pointer: string; detail: string }[] }

/** Contrail's own two requests. */
const execute = ({ api }: Deployment, playbooks: unknown[]) =>
  api.call<Started & Invalid>('POST /execute-job', {
    body: { job_template_fq_name: ['default-global-system-config', 'fabric'], input: { playbooks } },
  })
const abort = ({ api }: Deployment, job_execution_id: string, abort_mode: string) =>
  api.call<Started>('POST /abort-job', { body: { input: { job_execution_id, abort_mode } } })

async function start(deployment: Deployment, playbooks: unknown[]): Promise<string> {
  const { status, body } = await execute(deployment, playbooks)
  expect(status).toBe(202)
  deployment.api.remember(body.job_execution_id)
  return body.job_execution_id
}

/** Two playbooks, the first of which runs until it is released. */
async function caught(deployment: Deployment, marks: Marks) {
  const id = await start(deployment, [
    scripted({ name: 'one', commands: marks.held('one') }),
    scripted({ name: 'two', commands: [marks.mark('two')] }),
  ])
  return { id, pid: await marks.pidOf('one-begun') }
}

/** Contrail's fabric jobs: playbook by playbook, through the two requests of its users. */
export function fabric(deployment: () => Deployment): void {
  test('the playbooks run one after another, each on all of its targets', async () => {
    await using marks = await Marks.open()
    const id = await start(deployment(), [
      scripted({ name: 'one', commands: ['sleep 0.3', marks.mark('one')], targets: LEAFS }),
      scripted({
        name: 'two',
        commands: [`ls ${marks.folder}/one.*`, marks.mark('two')],
        timeout_seconds: 60,
      }),
    ])
    const view = await deployment().api.settled(id)
    expect(view).toMatchObject({ state: 'SUCCEEDED', progress: { done: 4, total: 4, unit: 'targets' } })
    expect(LEAFS.every((node) => marks.has('one', node)) && marks.has('two')).toBe(true)
    expect(statesOf(view)).toEqual(['run-playbook[0]: SUCCEEDED', 'run-playbook[1]: SUCCEEDED'])
  })

  test('graceful ends after the current playbook, which ends by itself', async () => {
    await using marks = await Marks.open()
    const { id } = await caught(deployment(), marks)
    const { status, body } = await abort(deployment(), id, 'graceful')
    expect([status, body.state]).toEqual([202, 'CANCELLING'])
    await marks.release('one')
    const view = await deployment().api.settled(id)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect([marks.has('one-ended'), marks.has('two')]).toEqual([true, false])
    expect(statesOf(view)[0]).toBe('run-playbook[0]: SUCCEEDED')
  })

  test('force ends the current playbook at once, and no invocation of it is left', async () => {
    await using marks = await Marks.open()
    const { id, pid } = await caught(deployment(), marks)
    expect((await abort(deployment(), id, 'force')).status).toBe(202)
    const view = await deployment().api.settled(id)
    expect(view).toMatchObject({ state: 'CANCELLED', left_behind: [] })
    expect(view.steps[0]).toMatchObject({ state: 'CANCELLED', cleaned_up: true })
    expect([marks.has('one-ended'), marks.has('two'), isRunning(pid)]).toEqual([false, false, false])
    const types = (await deployment().api.notified(id)).map(({ event_type }) => event_type)
    expect(types).toEqual(expect.arrayContaining(['job.cancel.start', 'step.cancel.end', 'job.cancel.end']))
  })

  test('a playbook that fails on one target stops the job, and says where', async () => {
    await using marks = await Marks.open()
    const id = await start(deployment(), [
      scripted({ name: 'one', commands: [`test "$AWS_SSM_INSTANCE_ID" = ${LEAFS[0]}`], targets: LEAFS }),
      scripted({ name: 'two', commands: [marks.mark('two')] }),
    ])
    const view = await deployment().api.settled(id)
    expect(view.state).toBe('FAILED')
    const fault = {
      exception: 'PlaybookFailed',
      exception_message: expect.stringContaining('1 of 3 targets'),
    }
    expect(view.steps[0]).toMatchObject({ state: 'FAILED', fault })
    expect(marks.has('two')).toBe(false)
  })

  test('with on_failure continue the next playbook runs all the same', async () => {
    await using marks = await Marks.open()
    const id = await start(deployment(), [
      scripted({ name: 'one', commands: ['exit 3'], on_failure: 'continue' }),
      scripted({ name: 'two', commands: [marks.mark('two')] }),
    ])
    expect((await deployment().api.settled(id)).state).toBe('SUCCEEDED')
    expect(marks.has('two')).toBe(true)
  })

  test('a tag that matches nothing fails the job: no targets matched', async () => {
    const targets = [{ key: 'tag:role', values: ['nothing-has-this'] }]
    const id = await start(deployment(), [{ ...scripted({ name: 'one', commands: ['true'] }), targets }])
    const { state, steps } = await deployment().api.settled(id)
    expect(state).toBe('FAILED')
    expect(steps[0]?.fault?.exception_message).toContain('no targets matched')
  })

  test('a playbook is repeated on the target that failed, each pass a step', async () => {
    await using marks = await Marks.open()
    const failsOnce = [`test -f ${marks.folder}/tried || { touch ${marks.folder}/tried; exit 1; }`]
    const id = await start(deployment(), [scripted({ name: 'one', commands: failsOnce, retries: 2 })])
    const view = await deployment().api.settled(id)
    expect(view.state).toBe('SUCCEEDED')
    expect(statesOf(view)).toEqual(['run-playbook[0]: SUCCEEDED', 'run-playbook[0]: SUCCEEDED'])
  })

  test('a playbook that is to be repeated is not after a graceful abort: its pass is the last', async () => {
    await using marks = await Marks.open()
    const commands = [...marks.held('one'), 'exit 1']
    const id = await start(deployment(), [scripted({ name: 'one', commands, retries: 5 })])
    await marks.pidOf('one-begun')
    await abort(deployment(), id, 'graceful')
    await marks.release('one')
    const view = await deployment().api.settled(id)
    expect(view.state).toBe('CANCELLED')
    expect(view.steps.filter(({ state }) => state === 'SUCCEEDED')).toHaveLength(1)
  })

  const one = scripted({ name: 'one', commands: ['true'] })
  const many = Array.from({ length: 51 }, (_, i) => `i-node${String(i).padStart(4, '0')}`)
  test.each([
    ['more than 50 nodes', [{ ...one, targets: many }], '/input/playbooks/0/targets', /50/],
    ['an unknown property', [{ ...one, user: 'root' }], '/input/playbooks/0/user', /not a known property/],
    ['no playbook', [], '/input/playbooks', /1/],
    ['no document', [{ ...one, document: undefined }], '/input/playbooks/0', /document/],
  ])('%s is refused where it is', async (_what, playbooks, pointer, why) => {
    const { status, body } = await execute(deployment(), playbooks)
    expect(status).toBe(400)
    const found = body.errors.find((part) => part.pointer === pointer)
    expect(found?.detail).toMatch(why)
  })

  test('the console’s stop ends the playbook, too', async () => {
    await using marks = await Marks.open()
    const { id, pid } = await caught(deployment(), marks)
    await stopByHand(deployment(), id)
    expect((await deployment().api.settled(id)).state).toBe('CANCELLED')
    await until('the end of the script', async () => !isRunning(pid))
    expect(marks.has('two')).toBe(false)
  })
}

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import type { JobView, ListedJob } from '#core/api/answers.ts'
import { begin, type Ended, onTerminal, standdown } from '../cli/standdown.ts'
import { LONG, labInput, labRunning, startLab } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

const COLOUR = '\u001b['

/** The command line, as processes of their own against what answers. */
export function commandLine(deployment: () => Deployment): void {
  const state = mkdtempSync(join(tmpdir(), 'standdown-cli-'))
  const envOf = () => ({ STANDDOWN_API_URL: deployment().api.url, XDG_STATE_HOME: state })
  const sd = (...args: string[]): Promise<Ended> => standdown(args, envOf())
  const json = <Value>({ out }: Ended): Value => JSON.parse(out) as Value

  test('start prints the id, @last is that job, and show tells of it', async () => {
    const own = { ...envOf(), XDG_STATE_HOME: mkdtempSync(join(tmpdir(), 'standdown-cli-')) }
    const before = await standdown(['show', '@last'], own)
    expect(before).toMatchObject({ code: 3, out: '' })
    const args = ['start', 'lab-solo', '-i', '-', '-o', 'id']
    const started = await standdown(args, own, JSON.stringify(labInput({})))
    expect(started).toMatchObject({ code: 0, err: '' })
    const id = started.out.trim()
    deployment().api.remember(id)
    const shown = json<JobView>(await standdown(['show', '@last'], own))
    expect(shown).toMatchObject({ job_execution_id: id, template: 'lab-solo' })
    await deployment().api.settled(id)
  })

  test('start --wait ends with how the job ended', async () => {
    const { code, out, err } = await standdown(
      ['start', 'lab-solo', '-i', '-', '--wait'],
      envOf(),
      JSON.stringify(labInput({})),
    )
    const { job_execution_id, state: end } = JSON.parse(out) as JobView
    deployment().api.remember(job_execution_id)
    expect({ code, end }).toEqual({ code: 0, end: 'SUCCEEDED' })
    expect(err).toContain('solo SUCCEEDED')
  })

  test('an input that the template refuses is a usage error, with what is wrong', async () => {
    const { code, out, err } = await sd('start', 'object-migration', '-i', 'no_such_key=1')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('no_such_key')
  })

  test('plan changes nothing; abort --wait ends with the job cancelled, and again it has ended already', async () => {
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    const plan = await sd('plan', id, '--mode', 'force')
    expect(plan.code).toBe(0)
    expect(json<{ steps: { actions: string[] }[] }>(plan).steps[0]?.actions).toContain('stop_now')
    expect((await deployment().api.view(id)).state).toBe('ONGOING')
    const dry = await sd('abort', id, '--dry-run')
    expect(json<{ mode: string }>(dry).mode).toBe('graceful')
    expect((await deployment().api.view(id)).abort_request).toBeNull()
    const aborted = await sd('abort', id, '--reason', 'enough', '--mode', 'force', '--wait')
    expect(aborted.code).toBe(0)
    expect(json<JobView>(aborted)).toMatchObject({ state: 'CANCELLED', abort_request: { reason: 'enough' } })
    const again = await sd('abort', id)
    expect(again).toMatchObject({ code: 5, out: '' })
    expect(again.err).toContain('CANCELLED')
  })

  test('an id that nobody has is not found, by every verb', async () => {
    for (const verb of ['show', 'watch', 'plan', 'abort', 'clean-up', 'events', 'logs']) {
      expect(await sd(verb, 'no-such-job')).toMatchObject({ code: 3, out: '' })
    }
  })

  test('an id may be shortened where only one job begins so; a beginning of two is told with both', async () => {
    const { api, sfn } = deployment()
    const common = `cli-${crypto.randomUUID().slice(0, 8)}`
    const names = [`${common}-one`, `${common}-two`]
    const stateMachineArn = await deployment().machineOf('lab-solo')
    for (const name of names) {
      await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(labInput({})) }),
      )
    }
    for (const name of names) {
      await until('the adoption', async () => (await api.call(`GET /jobs/${name}`)).status === 200)
      api.remember(name)
      await api.settled(name)
    }
    expect(await sd('show', `${common}-o`, '-o', 'id')).toMatchObject({ code: 0, out: `${names[0]}\n` })
    const { code, out, err } = await sd('abort', common)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    for (const name of names) expect(err).toContain(name)
  })

  test('one of many that is refused makes the exit code 1, and each has its answer', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const missing = '00000000-0000-4000-8000-000000000000'
    const { code, out } = await sd('abort', id, missing, '--mode', 'force', '-o', 'ndjson')
    expect(code).toBe(1)
    const items = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number })
    expect(items.map(({ status }) => status)).toEqual([202, 404])
    await deployment().api.settled(id)
  })

  test('jobs named by a filter are counted, and in a pipe nobody is asked and none is aborted', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const { code, out, err } = await sd('abort', '--template', 'lab-solo', '--state', 'ONGOING')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/\d+ jobs? match/)
    expect(err).toContain('--yes')
    expect((await deployment().api.view(id)).state).toBe('ONGOING')
    await deployment().api.abortAndSettle(id, { mode: 'force' })
  })

  test('a wait that is too long ends with 124, and the job goes on', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const { code, err } = await sd('watch', id, '--timeout', '1s')
    expect(code).toBe(124)
    expect(err).toContain('goes on')
    expect((await deployment().api.view(id)).state).toBe('ONGOING')
    await deployment().api.abortAndSettle(id, { mode: 'force' })
  })

  test('Ctrl-C stops watching, not the job, and says so', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const watching = begin(['watch', id], envOf())
    await until('the first look', async () => watching.err().includes('ONGOING'))
    watching.signal('SIGINT')
    const { code, err, out } = await watching.ended
    expect({ code, out }).toEqual({ code: 130, out: '' })
    expect(err).toContain('the job goes on')
    expect((await deployment().api.view(id)).state).toBe('ONGOING')
    await deployment().api.abortAndSettle(id, { mode: 'force' })
  })

  test('events are followed to the last one, a line of JSON each', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const following = begin(['events', id, '--follow', '-o', 'ndjson'], envOf())
    await until('the first notification', async () => following.out().includes('job.execution.start'))
    await deployment().api.abort(id, { mode: 'force' })
    const { code, out } = await following.ended
    expect(code).toBe(0)
    const types = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event_type: string }).event_type)
    expect(types).toEqual((await deployment().api.notified(id)).map(({ event_type }) => event_type))
    expect(types).toContain('job.cancel.end')
  })

  test('a pipe gets JSON without colours, a terminal a table with them, unless NO_COLOR says none', async () => {
    const id = await startLab(deployment(), 'solo')
    await deployment().api.settled(id)
    const piped = await sd('ps', '-n', '2')
    expect(piped).toMatchObject({ code: 0, err: '' })
    expect(piped.out).not.toContain(COLOUR)
    expect(json<ListedJob[]>(piped)).toHaveLength(2)
    const table = await sd('ps', '-n', '2', '-o', 'table')
    expect(table.out).not.toContain(COLOUR)
    expect(table.out.split('\n')[0]).toMatch(/^ID +TEMPLATE +STATE +STARTED +TOOK +BY$/)
    const terminal = await onTerminal(['ps', '-n', '2'], envOf())
    expect(terminal.code).toBe(0)
    expect(terminal.out).toContain(COLOUR)
    const plain = await onTerminal(['ps', '-n', '2'], { ...envOf(), NO_COLOR: '1' })
    expect(plain.out).toMatch(/^ID +TEMPLATE/)
    expect(plain.out).not.toContain(COLOUR)
  })

  test('on a terminal a watched job is a picture that moves, and its report stays', async () => {
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    const watching = onTerminal(['watch', id], envOf())
    await deployment().api.abortAndSettle(id, { mode: 'force', reason: 'enough' })
    const { code, out } = await watching
    expect(code).toBe(0)
    expect(out).toContain('Ctrl-C stops watching, not the job')
    expect(out.slice(out.lastIndexOf('after'))).toContain('steps')
    expect(out).toContain('undone')
  })

  test('nodes and action plans have their own verbs', async () => {
    const name = `cli-${crypto.randomUUID()}_`
    await deployment().api.call('POST /nodes', { body: { driver: 'fake-hardware', name } })
    const powered = await sd('nodes', 'power', name, 'power', 'on', '--wait')
    expect(json(powered)).toMatchObject({ name, power_state: 'power on' })
    expect((await sd('nodes', 'list', '-o', 'id')).out).toContain(json<{ uuid: string }>(powered).uuid)
    expect((await sd('nodes', 'show', 'no-such-node')).code).toBe(3)
    const actions = [{ action_type: 'sleep', input_parameters: { duration: 300 } }]
    const { body } = await deployment().api.call<{ uuid: string }>('POST /action-plans', {
      body: { actions },
    })
    expect(json(await sd('actionplan', 'start', body.uuid))).toMatchObject({ uuid: body.uuid })
    expect(json(await sd('actionplan', 'show', body.uuid.slice(0, 13)))).toMatchObject({
      actions: [{ action_type: 'sleep' }],
    })
    expect((await sd('actionplan', 'cancel', body.uuid)).code).toBe(0)
    await until(
      'the plan to end',
      async () => json<{ state: string }>(await sd('actionplan', 'show', body.uuid)).state === 'CANCELLED',
    )
    expect((await sd('actionplan', 'list', '-o', 'id')).out).toContain(body.uuid)
  })

  test('templates, doctor and the completion say what there is', async () => {
    expect((await sd('templates', '-o', 'id')).out.split('\n')).toContain('lab-solo')
    expect(json(await sd('templates', 'lab-solo'))).toMatchObject({ name: 'lab-solo' })
    const doctor = await sd('doctor', '-o', 'id')
    expect(doctor).toMatchObject({ code: 0 })
    expect(doctor.out.split('\n')).toEqual(
      expect.arrayContaining(['node=ok', 'clock=ok', 'api=ok', 'templates=ok']),
    )
    expect((await sd('completion', 'bash')).out).toContain('complete')
    expect((await sd('complete', '--', 'ab')).out).toContain('abort')
  })
}

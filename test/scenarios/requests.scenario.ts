import { randomUUID } from 'node:crypto'
import { StartExecutionCommand } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import {
  abortJobAnswer,
  abortPlan,
  executeJobAnswer,
  jobView,
  type ListedJob,
  type StepView,
  templateView,
} from '#core/api/answers.ts'
import { jobPath } from '#core/api/job-path.ts'
import type { Listed, Problem, Started } from './api-client.ts'
import { LONG, labInput, labRunning, startLab, stepsRun, untilRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

type Invalid = Problem & { errors: { pointer: string }[] }

/** What the API answers, and that a refused or repeated request changes nothing. */
export function requests(deployment: () => Deployment): void {
  test.each([
    ['a body without input', {}, '/input'],
    ['an input without an id', { input: {} }, '/input/job_execution_id'],
    ['a malformed id', { input: { job_execution_id: 'a/b' } }, '/input/job_execution_id'],
    ['an id that is no text', { input: { job_execution_id: ['*'] } }, '/input/job_execution_id'],
    ['a misspelt mode', { input: { job_execution_id: 'x', abort_mode: 'Force' } }, '/input/abort_mode'],
    ['an unknown property', { input: { job_execution_id: 'x' }, all: true }, '/all'],
    ['an unknown inner property', { input: { job_execution_id: 'x', modes: 1 } }, '/input/modes'],
    [
      'a reason with a control character',
      { input: { job_execution_id: 'x', reason: 'a\u001b' } },
      '/input/reason',
    ],
  ])('abort-job with %s answers 400 and points at it', async (_what, body, pointer) => {
    const answer = await deployment().api.call<Invalid>('POST /abort-job', { body })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body.errors.map((part) => part.pointer)).toContain(pointer)
  })

  test('a body that is not JSON answers 400', async () => {
    const answer = await deployment().api.call<Problem>('POST /abort-job', { text: '{"input":' })
    expect(answer.status).toBe(400)
  })

  test.each(['POST /abort-job', 'POST /jobs/{id}/abort'])(
    '%s of an unknown job answers 404',
    async (route) => {
      const id = randomUUID()
      const body = route.includes('{id}') ? {} : { input: { job_execution_id: id } }
      const answer = await deployment().api.call<Problem>(route.replace('{id}', id), { body })
      expect(answer.status).toBe(404)
      expect((await deployment().api.call(`GET /jobs/${id}`)).status).toBe(404)
    },
  )

  test.each([
    ['an unknown template', { job_template_fq_name: 'nothing', input: {} }, 404],
    ['no input', { job_template_fq_name: 'lab-chain' }, 400],
    [
      'an input that the template does not know',
      { job_template_fq_name: 'object-migration', input: { a: 1 } },
      400,
    ],
  ])('execute-job with %s is refused', async (_what, body, status) => {
    expect((await deployment().api.call('POST /execute-job', { body })).status).toBe(status)
  })

  test('Contrail’s array names the template by its last element', async () => {
    const body = { job_template_fq_name: ['default-global', 'lab-chain'], input: labInput() }
    const answer = await deployment().api.call<Started>('POST /execute-job', { body })
    expect(answer.status).toBe(202)
    expect(executeJobAnswer.parse(answer.body)).toEqual(answer.body)
    expect(answer.headers.get('location')).toBe(`/jobs/${answer.body.job_execution_id}`)
    deployment().api.remember(answer.body.job_execution_id)
    expect((await deployment().api.settled(answer.body.job_execution_id)).state).toBe('SUCCEEDED')
  })

  test('a missing mode means graceful, and the abort of a cancelled job answers 409', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    const first = await api.call<Started>('POST /abort-job', {
      body: { input: { job_execution_id: id, reason: 'first' } },
    })
    expect(first.status).toBe(202)
    expect(abortJobAnswer.parse(first.body)).toMatchObject({
      state: 'CANCELLING',
      abort_request: { mode: 'graceful', reason: 'first', escalations: [] },
    })
    await api.settled(id)
    const late = await api.abort(id, { mode: 'force' })
    expect(late).toMatchObject({ status: 409, body: { state: 'CANCELLED' } })
    expect(late.body.detail).toContain('aborted already')
  })

  test('a second request changes nothing, force after graceful escalates, graceful after force does not', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'never', { never: { held: true } })
    const first = await api.abort(id, { mode: 'graceful', reason: 'first' })
    const again = await api.abort(id, { mode: 'graceful', reason: 'second' })
    expect([first.status, again.status]).toEqual([202, 200])
    expect(again.body).toEqual(first.body)
    const raised = await api.abort(id, { mode: 'force', reason: 'third' })
    expect(raised.status).toBe(202)
    expect(raised.body.abort_request).toMatchObject({
      mode: 'force',
      reason: 'first',
      escalations: [{ mode: 'force', reason: 'third' }],
    })
    const lower = await api.abort(id, { mode: 'graceful' })
    expect(lower.status).toBe(200)
    expect(lower.body.abort_request).toEqual(raised.body.abort_request)
    expect((await api.settled(id)).state).toBe('CANCELLED')
  })

  test('the dry run of an abort answers the plan and writes nothing', async () => {
    const { api } = deployment()
    const id = await labRunning(deployment(), 'chain', { first: { held: true } })
    const { version } = await api.view(id)
    const answer = await api.abort(id, { mode: 'force', dry_run: true })
    expect(answer.status).toBe(200)
    expect(abortPlan.parse(answer.body)).toMatchObject({
      mode: 'force',
      steps: [
        { name: 'first', actions: ['stop_now', 'clean_up'] },
        { name: 'second', actions: ['never_starts'] },
        { name: 'third', actions: ['never_starts'] },
      ],
    })
    const after = await api.view(id)
    expect(after).toMatchObject({ version, state: 'ONGOING', abort_request: null })
    expect((await api.abortAndSettle(id, { mode: 'force' })).state).toBe('CANCELLED')
  })

  test('the same Idempotency-Key names the same job, and another request under it is refused', async () => {
    const { api } = deployment()
    const headers = { 'idempotency-key': randomUUID() }
    const body = { job_template_fq_name: 'lab-chain', input: labInput() }
    const once = await api.call<Started>('POST /execute-job', { body, headers })
    const twice = await api.call<Started>('POST /execute-job', { body, headers })
    api.remember(once.body.job_execution_id)
    expect(twice.body.job_execution_id).toBe(once.body.job_execution_id)
    const other = { ...body, input: labInput({ wait: 1 }) }
    expect((await api.call('POST /execute-job', { body: other, headers })).status).toBe(422)
    await api.settled(once.body.job_execution_id)
    expect(await stepsRun(deployment(), once.body.job_execution_id)).toEqual(['first', 'second', 'third'])
  })

  test('a job unchanged since its ETag answers 304', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain')
    await api.settled(id)
    const full = await api.call(`GET /jobs/${id}`)
    expect(jobView.parse(full.body)).toEqual(full.body)
    const etag = full.headers.get('etag') ?? ''
    const headers = { 'if-none-match': etag }
    expect((await api.call(`GET /jobs/${id}`, { headers })).status).toBe(304)
  })

  test('the list pages through all jobs of a template, newest first, each once', async () => {
    const { api } = deployment()
    const ids: string[] = []
    for (const _ of [1, 2, 3]) ids.push(await startLab(deployment(), 'boundary'))
    await Promise.all(ids.map((id) => api.settled(id)))
    const found: string[] = []
    let token = ''
    do {
      const page = await api.call<Listed>(`GET /jobs?template=lab-boundary&limit=2${token}`)
      expect(page.body.items.length).toBeLessThanOrEqual(2)
      found.push(...page.body.items.map((job) => job.job_execution_id))
      token = page.body.next_token ? `&next_token=${encodeURIComponent(page.body.next_token)}` : ''
    } while (token)
    expect(new Set(found).size).toBe(found.length)
    expect(found.filter((id) => ids.includes(id))).toEqual(ids.toReversed())
    const cancelled = await api.call<Listed>('GET /jobs?template=lab-boundary&state=CANCELLED')
    expect(cancelled.body.items.filter((job) => ids.includes(job.job_execution_id))).toEqual([])
    expect((await api.call('GET /jobs?state=DONE')).status).toBe(400)
    expect((await api.call('GET /jobs?next_token=abc')).status).toBe(400)
  })

  test('Gelato’s door answers Id and Status, and knows no job of another tenant', async () => {
    const { api } = deployment()
    const input = labInput({ steps: { first: LONG } })
    const id = await api.start('lab-chain', input, { tenant_id: 'acme' })
    await untilRunning(deployment(), id, ['first'])
    expect((await api.call(`POST /v1/other/jobs/${id}/abort`, { body: {} })).status).toBe(404)
    expect((await api.view(id)).abort_request).toBeNull()
    const answer = await api.call(`POST /v1/acme/jobs/${id}/abort`)
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({ Id: id, Status: 'CANCELLING' })
    expect((await api.settled(id)).state).toBe('CANCELLED')
  })

  test.each(['v1.2', '..', 'Bestellung-№7(ü)'])(
    'an execution of the name %s, started past the API, is shown, listed and aborted',
    async (wish) => {
      const { api, sfn } = deployment()
      // `..` is one name for ninety days; the others are made anew for each run.
      const name = wish === '..' ? wish : `${wish}-${randomUUID().slice(0, 8)}`
      const stateMachineArn = await deployment().machineOf('lab-chain')
      const input = JSON.stringify(labInput({ steps: { first: LONG } }))
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }))
      await until('the adoption', async () => (await api.call(`GET ${jobPath(name)}`)).status === 200)
      api.remember(name)
      const ongoing = await api.pages<ListedJob>('GET /jobs?state=ONGOING&limit=2')
      expect(ongoing.map((job) => job.job_execution_id)).toContain(name)
      const answer = await api.abort(name)
      expect(answer.status).toBe(202)
      expect((await api.call(`GET ${answer.headers.get('location')}`)).status).toBe(200)
      expect((await api.settled(name)).state).toBe('CANCELLED')
      const listed = await api.pages<ListedJob>('GET /jobs?template=lab-chain&limit=3')
      expect(listed.map((job) => job.job_execution_id)).toContain(name)
    },
  )

  test('the steps and the notifications of a job come page by page, each once', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain')
    const view = await api.settled(id)
    const steps = await api.pages<StepView>(`GET /jobs/${id}/steps?limit=1`)
    expect(steps).toEqual(view.steps)
    expect(view.step_counts.SUCCEEDED).toBe(steps.length)
    const since = await api.pages<StepView>(`GET /jobs/${id}/steps?updated_after=${view.ended_at}`)
    expect(since).toEqual([])
    const whole = await api.notified(id)
    expect(await api.pages(`GET /jobs/${id}/events?limit=1`)).toEqual(whole)
  })

  test('a template is answered by its name', async () => {
    const answer = await deployment().api.call('GET /templates/object-migration')
    expect(templateView.parse(answer.body)).toEqual(answer.body)
    expect((await deployment().api.call('GET /templates/nothing')).status).toBe(404)
  })

  test('the clean-up of a job that left nothing behind answers 409', async () => {
    const { api } = deployment()
    const id = await startLab(deployment(), 'chain')
    await api.settled(id)
    const answer = await api.call<Problem>(`POST /jobs/${id}/clean-up`)
    expect(answer).toMatchObject({ status: 409, body: { state: 'SUCCEEDED' } })
  })

  test.each(['GET /nothing', 'DELETE /jobs', 'GET /jobs/a/b/c', 'POST /%zz'])(
    '%s is no route: 404 in our words',
    async (route) => {
      const answer = await deployment().api.call<Problem>(route)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(answer.body.detail).toMatch(/^there is no route /)
    },
  )
}

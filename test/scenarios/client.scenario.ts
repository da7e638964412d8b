import { expect, test } from 'vitest'
import { type Client, createClient } from '#client/client.ts'
import { eachItem } from '#client/pages.ts'
import {
  abortJobAnswer,
  abortJobsItem,
  abortPlan,
  executeJobAnswer,
  jobList,
  jobView,
  stepList,
} from '#core/api/answers.ts'
import { notification } from '#core/notifications/schemas.ts'
import { checkedFetch } from '#test/contract/openapi-check.ts'
import { LONG, labInput, labRunning } from './lab.ts'
import type { Deployment } from './open-deployment.ts'
import { until } from './poll.ts'

/** The typed client, against what answers it. */
export function clients(deployment: () => Deployment): void {
  const clientOf = (): Client => createClient({ endpoint: deployment().api.url, fetch: checkedFetch })

  test('the client starts a job, and the same key starts no second one', async () => {
    const client = clientOf()
    const idempotency_key = crypto.randomUUID()
    const execution = { template: 'lab-solo', input: labInput({}), idempotency_key }
    const started = executeJobAnswer.parse(await client.execute(execution))
    expect(await client.execute(execution)).toMatchObject({ job_execution_id: started.job_execution_id })
    deployment().api.remember(started.job_execution_id)
    expect((await deployment().api.settled(started.job_execution_id)).state).toBe('SUCCEEDED')
  })

  test('the client plans an abort, aborts, and reads what became of it', async () => {
    const client = clientOf()
    const id = await labRunning(deployment(), 'chain', { first: LONG })
    const plan = abortPlan.parse(await client.dryRun(id, { mode: 'graceful' }))
    expect(plan.steps[0]).toMatchObject({ name: 'first', actions: ['stop_at_checkpoint', 'clean_up'] })
    const { changed, ...answer } = await client.abort(id, { mode: 'graceful', reason: 'enough' })
    expect(changed).toBe(true)
    expect(abortJobAnswer.parse(answer).abort_request).toMatchObject({ reason: 'enough' })
    await deployment().api.notified(id)
    expect(await client.abort(id).catch((error: unknown) => error)).toMatchObject({
      name: 'ApiProblem',
      status: 409,
      facts: { state: 'CANCELLED' },
    })
    expect(jobView.parse(await client.job(id))).toMatchObject({ state: 'CANCELLED' })
    expect(stepList.parse(await client.steps(id)).items.length).toBeGreaterThan(0)
    const events = await Array.fromAsync(
      eachItem((next_token) => client.events(id, { next_token, limit: 2 })),
    )
    expect(events.map((event) => notification.parse(event).event_type)).toContain('job.cancel.end')
    expect(await client.definition(id)).toMatchObject({ source: 'execution' })
    const [values] = (await client.stepValues(id)).items
    expect(values).toHaveProperty('checkpoint')
  })

  test('an unchanged job is read as the same object, by its tag', async () => {
    const client = clientOf()
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    await deployment().api.abortAndSettle(id, { mode: 'force' })
    const first = await client.job(id)
    expect(await client.job(id)).toBe(first)
  })

  test('the client lists jobs, and aborts many with one result for each', async () => {
    const client = clientOf()
    const id = await labRunning(deployment(), 'solo', { solo: LONG })
    expect(jobList.parse(await client.jobs({ state: 'ONGOING', counts: 'active' })).counts).toMatchObject({
      complete: true,
    })
    const which = { job_execution_ids: [id, 'no-such-job'] }
    expect(await client.dryRunMany(which)).toMatchObject({ count: 2, truncated: false })
    const { items } = await client.abortMany({ ...which, mode: 'graceful' })
    expect(items.map((item) => abortJobsItem.parse(item).status)).toEqual([202, 404])
    await deployment().api.settled(id)
    await expect(client.cleanUp(id)).rejects.toMatchObject({ status: 409 })
  })

  test('the client shows templates', async () => {
    const { items } = await clientOf().templates()
    expect(items.map(({ name }) => name)).toContain('lab-solo')
    const { definition } = await clientOf().template('lab-solo')
    expect(Object.values(definition.States).map(({ step }) => step)).toContain('solo')
  })

  test('the client changes the power of a node, and takes the node away', async () => {
    const { nodes } = clientOf()
    const { uuid } = await nodes.create({
      driver: 'fake-hardware',
      name: `by-client-${crypto.randomUUID()}_`,
    })
    await nodes.setPower(uuid, { target: 'power on' })
    const on = await until('the power of the node', async () => {
      const node = await nodes.get(uuid)
      return node.power_state === 'power on' && !node.job_execution_id && node
    })
    expect(on.supported_power_states).toContain('abort soft power off')
    expect((await nodes.list()).map((node) => node.uuid)).toContain(uuid)
    await nodes.remove(uuid)
    await expect(nodes.get(uuid)).rejects.toMatchObject({ status: 404 })
  })

  test('the client makes, starts and cancels an action plan', async () => {
    const { actionPlans } = clientOf()
    const actions = [{ action_type: 'sleep', input_parameters: { duration: 300 } }]
    const { uuid, state } = await actionPlans.create({ name: 'by client', actions })
    expect(state).toBe('RECOMMENDED')
    await actionPlans.start(uuid)
    await until('the action to run', async () => (await actionPlans.actions(uuid))[0]?.state === 'ONGOING')
    expect((await actionPlans.list()).map((plan) => plan.uuid)).toContain(uuid)
    expect((await actionPlans.cancel(uuid)).state).toBe('CANCELLING')
    await until('the plan to end', async () => (await actionPlans.get(uuid)).state === 'CANCELLED')
  })
}

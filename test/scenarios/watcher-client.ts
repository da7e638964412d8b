import { expect } from 'vitest'
import type { Answer } from './api-client.ts'
import type { Deployment } from './open-deployment.ts'
import { OpenStackClient } from './openstack-clients.ts'
import { until } from './poll.ts'

export type PlanView = {
  uuid: string
  state: string
  job_execution_id: string | null
  global_efficacy: unknown[]
}
export type ActionView = {
  uuid: string
  state: string
  action_type: string
  parents: string[]
  input_parameters: object
  fault: { exception: string; exception_message: string } | null
}
export type PlanPage = { action_plans: PlanView[]; next?: string }
export type NewAction = { uuid?: string; action_type: string; input_parameters?: object; parents?: string[] }

export const BASE = '/infra-optim/v1'
export const ENDED = ['CANCELLED', 'SUCCEEDED', 'FAILED']
export const HEADERS = { 'x-auth-token': 't', 'openstack-api-version': 'infra-optim 1.4' }

export const nop = (more: object = {}): NewAction => ({ action_type: 'nop', ...more })
export const sleep = (duration: number, more: object = {}): NewAction => ({
  action_type: 'sleep',
  input_parameters: { duration },
  ...more,
})

/** Watcher's door, as one of its clients uses it. */
export class Watcher extends OpenStackClient {
  constructor(deployment: Deployment) {
    super(deployment, BASE, HEADERS)
  }

  async create(actions: NewAction[], more: object = {}): Promise<string> {
    const { status, body } = await this.call<PlanView>('POST /action_plans', { actions, ...more })
    expect([status, body]).toEqual([201, expect.objectContaining({ state: 'RECOMMENDED' })])
    return body.uuid
  }

  async start(uuid: string): Promise<Answer<PlanView>> {
    const answer = await this.call<PlanView>(`POST /action_plans/${uuid}/start`, {})
    if (answer.body?.job_execution_id) this.deployment.api.remember(answer.body.job_execution_id)
    return answer
  }

  async started(actions: NewAction[], more: object = {}): Promise<string> {
    const uuid = await this.create(actions, more)
    expect((await this.start(uuid)).status).toBe(200)
    return uuid
  }

  patch(uuid: string, value: string): Promise<Answer<PlanView>> {
    return this.call(`PATCH /action_plans/${uuid}`, [{ op: 'replace', path: '/state', value }])
  }

  async show(uuid: string): Promise<PlanView> {
    return (await this.call<PlanView>(`GET /action_plans/${uuid}`)).body
  }

  async actions(uuid: string): Promise<ActionView[]> {
    return (await this.call<{ actions: ActionView[] }>(`GET /actions/detail?action_plan_uuid=${uuid}`)).body
      .actions
  }

  async states(uuid: string): Promise<string[]> {
    return (await this.actions(uuid)).map(({ state }) => state)
  }

  until(uuid: string, wanted: string[]): Promise<string> {
    return until(`plan ${uuid} to be ${wanted.join(' or ')}`, async () => {
      const { state } = await this.show(uuid)
      return wanted.includes(state) ? state : null
    })
  }

  untilActions(uuid: string, wanted: string[]): Promise<true> {
    return until(`the actions of ${uuid} to be ${wanted}`, async () =>
      (await this.states(uuid)).join() === wanted.join() ? true : null,
    )
  }
}

import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Deployment } from './open-deployment.ts'
import { OpenStackClient } from './openstack-clients.ts'
import { until } from './poll.ts'

export type States = {
  power_state: string | null
  target_power_state: string | null
  last_error: string | null
  supported_power_states: string[]
}
export type NodeView = States & {
  uuid: string
  name: string
  job_execution_id: string | null
  driver_info: object
}
export type NodePage = { nodes: { name: string }[]; next?: string }
export const BASE = '/baremetal/v1'
export const named = (): string => `node-${randomUUID()}`

/** Ironic's door, as one of its clients uses it. */
export class Ironic extends OpenStackClient {
  constructor(deployment: Deployment) {
    super(deployment, BASE, { 'x-openstack-ironic-api-version': '1.78' })
  }

  async create(node: object = {}): Promise<string> {
    const name = named()
    const { status, body } = await this.call<NodeView>('POST /nodes', {
      name,
      driver: 'fake-hardware',
      ...node,
    })
    expect([status, body]).toEqual([201, expect.objectContaining({ name })])
    return name
  }

  async power(name: string, target: string, more: object = {}): Promise<number> {
    const { status } = await this.call(`PUT /nodes/${name}/states/power`, { target, ...more })
    if (status === 202) {
      const { body } = await this.call<NodeView>(`GET /nodes/${name}`)
      if (body.job_execution_id) this.deployment.api.remember(body.job_execution_id)
    }
    return status
  }

  async states(name: string): Promise<States> {
    return (await this.call<States>(`GET /nodes/${name}/states`)).body
  }

  /** The states once no operation runs. */
  idle(name: string): Promise<States> {
    return until(`the end of the operation of ${name}`, async () => {
      const states = await this.states(name)
      return states.target_power_state === null ? states : null
    })
  }
}

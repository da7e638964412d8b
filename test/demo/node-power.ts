import { randomUUID } from 'node:crypto'
import { until } from '../scenarios/poll.ts'
import { type Scene, showEnd } from './scene.ts'

type States = { power_state: string | null; target_power_state: string | null; last_error: string | null }

const BASE = '/baremetal/v1/nodes'

/** A node of fake hardware, asked as Ironic's clients do. */
export async function nodePower(scene: Scene): Promise<void> {
  const { api, report } = scene
  const name = `demo-${randomUUID().slice(0, 8)}`
  const node = { name, driver: 'fake-hardware', driver_info: { fake_soft_power_off_delay: 300 } }
  const { status } = await api.call(`POST ${BASE}`, { body: node })
  report.chapter(`the node ${name} is switched on`)
  report.check(`the node is registered (${status})`, status === 201)
  const on = await power(scene, name, 'power on')
  report.check(`it is ${on.power_state}, and nothing is asked of it any more`, on.power_state === 'power on')

  report.chapter('soft power off: aborted while the machine shuts down')
  await put(scene, name, 'soft power off')
  const { job_execution_id: id } = (await api.call<{ job_execution_id: string }>(`GET ${BASE}/${name}`)).body
  await api.step(id, 'set-power')
  const second = await api.call(`PUT ${BASE}/${name}/states/power`, { body: { target: 'power on' } })
  report.check(`a second operation is refused meanwhile (${second.status})`, second.status === 409)
  const after = await power(scene, name, 'abort soft power off')
  await showEnd(scene, id)
  report.check(`the power is ${after.power_state}: ${after.last_error}`, after.power_state === 'error')
  const again = await power(scene, name, 'abort soft power off')
  report.check('an abort of what does not run changes nothing', again.last_error === after.last_error)
  const off = await power(scene, name, 'power off')
  report.check(`switched off hard it is ${off.power_state}`, off.power_state === 'power off')
}

async function put({ api, report }: Scene, name: string, target: string): Promise<void> {
  const { status } = await api.call(`PUT ${BASE}/${name}/states/power`, { body: { target } })
  report.check(`${target} is accepted (${status})`, status === 202)
}

/** The node's states once nothing is asked of it any more. */
async function power(scene: Scene, name: string, target: string): Promise<States> {
  await put(scene, name, target)
  return until(`${target} of ${name}`, async () => {
    const { body } = await scene.api.call<States>(`GET ${BASE}/${name}/states`)
    return body.target_power_state === null ? body : null
  })
}

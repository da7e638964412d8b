import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ends } from './ends.scenario.ts'
import { flows } from './flows.scenario.ts'
import { lostOnTheBus, showsItsBuses } from './lost-notifications.ts'
import { migrations } from './migrations.scenario.ts'
import { type Deployment, openDeployment } from './open-deployment.ts'
import { faultsOf } from './recorded-history.ts'
import { requests } from './requests.scenario.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000, maxConcurrency: 8 })

let opened: Deployment
const deployment = (): Deployment => opened

beforeAll(async () => {
  opened = await openDeployment()
})
afterAll(async () => {
  await opened?.close()
})

describe.concurrent('requests', () => requests(deployment))
describe.concurrent('flows', () => flows(deployment))
describe.concurrent('ends', () => ends(deployment))
describe.concurrent('object migration', () => migrations(deployment))

describe('at the end', () => {
  test('the recorded history of every job keeps the invariants', async () => {
    const { started } = deployment().api
    const faults = await Promise.all(started.map((id) => faultsOf(deployment(), id)))
    expect(faults.flat()).toEqual([])
    expect(started.length).toBeGreaterThan(0)
  })

  test('every notification that is kept was on the bus', async (context) => {
    if (!(await showsItsBuses(deployment()))) return context.skip('this endpoint does not show its buses')
    expect(await lostOnTheBus(deployment(), deployment().api.started)).toEqual([])
  })
})

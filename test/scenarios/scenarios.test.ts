import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { lostOnTheBus, showsItsBuses } from './bus.ts'
import { ends } from './ends.scenario.ts'
import { flows } from './flows.scenario.ts'
import { faultsOf } from './history.ts'
import { migrations } from './migrations.scenario.ts'
import { requests } from './requests.scenario.ts'
import { openWorld, type World } from './world.ts'

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000, maxConcurrency: 8 })

let opened: World
const world = (): World => opened

beforeAll(async () => {
  opened = await openWorld()
})
afterAll(async () => {
  await opened?.close()
})

describe.concurrent('requests', () => requests(world))
describe.concurrent('flows', () => flows(world))
describe.concurrent('ends', () => ends(world))
describe.concurrent('object migration', () => migrations(world))

describe('at the end', () => {
  test('the recorded history of every job keeps the invariants', async () => {
    const { started } = world().api
    const faults = await Promise.all(started.map((id) => faultsOf(world(), id)))
    expect(faults.flat()).toEqual([])
    expect(started.length).toBeGreaterThan(0)
  })

  test('every notification that is kept was on the bus', async (context) => {
    if (!(await showsItsBuses(world()))) return context.skip('this endpoint does not show its buses')
    expect(await lostOnTheBus(world(), world().api.started)).toEqual([])
  })
})

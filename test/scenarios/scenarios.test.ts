import pLimit from 'p-limit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { actionPlans } from './action-plan.scenario.ts'
import { attached } from './attached.scenario.ts'
import { showsItsBuses } from './bus.ts'
import { callbacks } from './callbacks.scenario.ts'
import { children } from './children.scenario.ts'
import { commandLine } from './cli.scenario.ts'
import { clients } from './client.scenario.ts'
import { ends } from './ends.scenario.ts'
import { externals } from './external.scenario.ts'
import { fabric } from './fabric.scenario.ts'
import { flows } from './flows.scenario.ts'
import { gelato } from './gelato.scenario.ts'
import { lostOnTheBus } from './lost-notifications.ts'
import { migrations } from './migrations.scenario.ts'
import { nodePower } from './node-power.scenario.ts'
import { olderSdk } from './older-sdk.scenario.ts'
import { type Deployment, ifFar, isFar, isForeign, openDeployment } from './open-deployment.ts'
import { planFunctions } from './plan-functions.scenario.ts'
import { planHttp } from './plan-http.scenario.ts'
import { planJobs } from './plan-jobs.scenario.ts'
import { planNotifications } from './plan-notifications.scenario.ts'
import { faultsOf } from './recorded-history.ts'
import { requests } from './requests.scenario.ts'
import { runtimeKill } from './runtime-kill.scenario.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000, maxConcurrency: 6 })

let opened: Deployment
const deployment = (): Deployment => opened

beforeAll(async () => {
  opened = await openDeployment()
})
afterAll(async () => {
  await opened?.close()
})

/** A suite of what only the test jobs do; a product that is there already may have been started without them. */
const ofTestJobs = (suite: (of: () => Deployment) => void) => (): void => {
  beforeEach((context) => {
    if (opened.hasTestJobs) return
    context.skip('the runtime has no test jobs: start it with STANDDOWN_EXTRA_JOBS=test/jobs/jobs.ts')
  })
  suite(deployment)
}

const far = ifFar()
const reason = isForeign() ? ' (left out: the runtime at STANDDOWN_API_URL is not ours to kill)' : ''

// First what waits longest: the others run in the meantime.
describe.skipIf(isForeign()).concurrent(`a killed runtime${reason}`, runtimeKill)
describe.concurrent('ends', ofTestJobs(ends))
describe.concurrent('command line', ofTestJobs(commandLine))
describe.concurrent('typed client', ofTestJobs(clients))
describe.concurrent('object migration', () => migrations(deployment))
describe.concurrent('fabric', () => fabric(deployment))
describe.concurrent('gelato', () => gelato(deployment))
describe.concurrent('action plans', () => actionPlans(deployment))
describe.concurrent('notifications of action plans', () => planNotifications(deployment))
describe.concurrent('functions of action plans', ofTestJobs(planFunctions))
describe.skipIf(isFar()).concurrent(`operations of action plans${far}`, () => planHttp(deployment))
describe.concurrent('jobs of action plans', () => planJobs(deployment))
describe.concurrent('node power', () => nodePower(deployment))
describe.concurrent('external steps', ofTestJobs(externals))
describe.concurrent('attached machines', ofTestJobs(attached))
describe.concurrent('a step of an older SDK', ofTestJobs(olderSdk))
describe.concurrent('jobs that wait for executions', ofTestJobs(children))
describe.concurrent('answers that are waited for', ofTestJobs(callbacks))
describe.concurrent('flows', ofTestJobs(flows))
describe.concurrent('requests', ofTestJobs(requests))

describe('at the end', () => {
  test('the recorded history of every job keeps the invariants', async () => {
    const { started } = deployment().api
    // All at once would start an environment of the API's function for each.
    const faults = await pLimit(4).map(started, (id) => faultsOf(deployment(), id))
    expect(faults.flat()).toEqual([])
    expect(started.length).toBeGreaterThan(0)
  })

  test('no function called what its role does not allow', (context) => {
    if (isForeign()) return context.skip('what the runtime prints is not ours to read')
    expect(
      deployment()
        .log()
        .filter((line) => line.includes('AccessDenied')),
    ).toEqual([])
  })

  test('every notification that is kept was on the bus', async (context) => {
    if (!(await showsItsBuses(deployment()))) return context.skip('this endpoint does not show its buses')
    expect(await lostOnTheBus(deployment(), deployment().api.started)).toEqual([])
  })
})

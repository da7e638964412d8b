import { describe, vi } from 'vitest'
import { killedDoors } from './killed-doors.scenario.ts'
import { oldDataFolder } from './old-data-folder.scenario.ts'
import { twoDeployments } from './two-deployments.scenario.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000, maxConcurrency: 6 })

// Runtimes of their own, on data folders of their own.
describe.concurrent('two deployments on one data folder', twoDeployments)
describe.concurrent('a data folder of the first layout', oldDataFolder)
describe.concurrent('action plans and nodes of a killed runtime', killedDoors)

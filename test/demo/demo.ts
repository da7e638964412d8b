import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiClient } from '../scenarios/api-client.ts'
import { npmStart } from '../scenarios/npm-start.ts'
import { openPrivateDeployment } from '../scenarios/open-deployment.ts'
import { actionPlan } from './action-plan.ts'
import { fabric } from './fabric.ts'
import { nodePower } from './node-power.ts'
import { objectMigration } from './object-migration.ts'
import { Report } from './report.ts'
import type { Scene } from './scene.ts'

type Runtime = Omit<Scene, 'report'> & { close(): Promise<void> }
type System = { show(scene: Scene): Promise<void>; on(): Promise<Runtime> }

/** What `npm start` runs, with two buckets of real objects. */
async function product(): Promise<Runtime> {
  const folder = await mkdtemp(join(tmpdir(), 'standdown-demo-'))
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
  const { apiUrl, awsUrl, stop } = await npmStart(join(folder, 'data'), ['--run-commands']).catch(
    async (error) => {
      await remove()
      throw error
    },
  )
  const close = async (): Promise<void> => {
    await stop()
    await remove()
  }
  return { api: new ApiClient(apiUrl), awsUrl, close }
}

/** `npm run demo [-- <system> ... | all]`: starts, aborts in each mode and shows jobs of each system. */
const SYSTEMS: Record<string, System> = {
  'object-migration': { show: objectMigration, on: product },
  fabric: { show: fabric, on: product },
  'node-power': { show: nodePower, on: product },
  // Its actions call a function of the account, which the product alone has not.
  'action-plan': { show: actionPlan, on: openPrivateDeployment },
}
const USUAL = ['object-migration']

/** @throws Error for a name that is none */
function systemsNamed(names: string[]): string[] {
  if (names.length === 0) return USUAL
  if (names.includes('all')) return Object.keys(SYSTEMS)
  const unknown = names.find((name) => !Object.hasOwn(SYSTEMS, name))
  if (unknown === undefined) return names
  throw new Error(`there is no demo of '${unknown}'; there is ${Object.keys(SYSTEMS).join(', ')} and all`)
}

let running: Runtime | undefined

async function close(): Promise<void> {
  await running?.close()
  running = undefined
}

async function demo(report: Report): Promise<void> {
  let on: System['on'] | undefined
  for (const name of systemsNamed(process.argv.slice(2))) {
    const system = SYSTEMS[name]!
    if (on !== system.on) {
      await close()
      report.say('starting a private runtime ...')
      running = await system.on()
      on = system.on
    }
    await system.show({ ...running!, report })
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void close().finally(() => process.exit(130)))
}
const report = new Report()
try {
  await demo(report)
} catch (error) {
  report.check(`the demo came to its end: ${(error as Error).message}`, false)
} finally {
  await close()
}
process.exitCode = report.conclude() ? 0 : 1

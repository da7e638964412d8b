import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ApiClient } from '../scenarios/api-client.ts'
import { npmStart } from '../scenarios/npm-start.ts'
import { actionPlan } from './action-plan.ts'
import { fabric } from './fabric.ts'
import { nodePower } from './node-power.ts'
import { objectMigration } from './object-migration.ts'
import { Report } from './report.ts'
import type { Scene } from './scene.ts'

/** `npm run demo [-- <system> ... | all]`: starts, aborts in each mode and shows jobs of each system. */
const SYSTEMS: Record<string, (scene: Scene) => Promise<void>> = {
  'object-migration': objectMigration,
  fabric,
  'node-power': nodePower,
  'action-plan': actionPlan,
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

const closing: (() => Promise<unknown>)[] = []

async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

async function demo(report: Report): Promise<void> {
  const systems = systemsNamed(process.argv.slice(2))
  const folder = await mkdtemp(join(tmpdir(), 'standdown-demo-'))
  closing.unshift(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  report.say('starting a private runtime with two buckets of real objects ...')
  const runtime = await npmStart(join(folder, 'data'), ['--run-commands'])
  closing.unshift(runtime.stop)
  const scene = { api: new ApiClient(runtime.apiUrl), awsUrl: runtime.awsUrl, report }
  for (const name of systems) await SYSTEMS[name]?.(scene)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeAll().finally(() => process.exit(130)))
}
const report = new Report()
try {
  await demo(report)
} catch (error) {
  report.check(`the demo came to its end: ${(error as Error).message}`, false)
} finally {
  await closeAll()
}
process.exitCode = report.conclude() ? 0 : 1

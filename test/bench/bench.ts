import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPrivateDeployment } from '../scenarios/open-deployment.ts'
import { aborts, acknowledged } from './abort-times.ts'
import { bundleKb } from './bundle-sizes.ts'
import { fabric } from './fabric-times.ts'
import { host } from './host.ts'
import { migration } from './migration-rates.ts'
import { againstTools } from './migration-tools.ts'
import { actionPlan } from './plan-times.ts'
import { protocol } from './protocol-cost.ts'
import { memory, start } from './start-up.ts'
import { perStep, throughput } from './throughput.ts'

/** `npm run bench [part ...]`: prints one JSON object; what it does at the moment goes to the standard error. */
const folder = await mkdtemp(join(tmpdir(), 'standdown-bench-'))
const dataDir = join(folder, 'data')
const wanted = process.argv.slice(2)
const figures: Record<string, unknown> = { host: host() }

async function part(name: string, measure: () => unknown): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  console.error(`${name} ...`)
  figures[name] = await measure()
}

const deployment = await openPrivateDeployment()
try {
  await part('bundle_kb', bundleKb)
  await part('protocol', () => protocol(deployment))
  await part('steps_per_second', () => throughput(deployment))
  await part('length', () => perStep(deployment))
  await part('abort_job', () => acknowledged(deployment))
  await part('aborts', () => aborts(deployment))
  await part('fabric', () => fabric(deployment))
  await part('action-plan', () => actionPlan(deployment))
  await part('migration', () => migration(deployment))
  await part('tools', () => againstTools(deployment))
} finally {
  await deployment.close()
}
try {
  await part('npm_start', () => start(dataDir))
  await part('memory', () => memory(dataDir))
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
console.log(JSON.stringify(figures, null, 2))

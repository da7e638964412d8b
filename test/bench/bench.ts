import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPrivateWorld } from '../scenarios/world.ts'
import { aborts, acknowledged } from './aborts.ts'
import { bundleKb, machine } from './machine.ts'
import { migration } from './migration.ts'
import { protocol } from './protocol.ts'
import { memory, start } from './start.ts'
import { perStep, throughput } from './throughput.ts'

/** `npm run bench [part ...]`: prints one JSON object; what it does at the moment goes to the standard error. */
const folder = await mkdtemp(join(tmpdir(), 'standdown-bench-'))
const dataDir = join(folder, 'data')
const wanted = process.argv.slice(2)
const figures: Record<string, unknown> = { machine: machine() }

async function part(name: string, measure: () => unknown): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return
  console.error(`${name} ...`)
  figures[name] = await measure()
}

const world = await openPrivateWorld()
try {
  await part('bundle_kb', bundleKb)
  await part('protocol', () => protocol(world))
  await part('steps_per_second', () => throughput(world))
  await part('length', () => perStep(world))
  await part('abort_job', () => acknowledged(world))
  await part('aborts', () => aborts(world))
  await part('migration', () => migration(world))
} finally {
  await world.close()
}
try {
  await part('npm_start', () => start(dataDir))
  await part('memory', () => memory(dataDir))
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
console.log(JSON.stringify(figures, null, 2))

import { join } from 'node:path'
import { type LeftWork, type Runtime, startRuntime } from 'standdown-local'
import { tellAddresses } from './connect/addresses.ts'
import { PAGE_FOLDER, PAGE_HEADERS } from './console/page.ts'
import { ensureAssembly } from './dev/assembly.ts'
import { readConfig, SETTINGS } from './dev/config.ts'
import { endLeftWork } from './dev/end-left-work.ts'
import { onEndings } from './dev/endings.ts'
import { tellJobs } from './dev/job-lines.ts'
import { quickStart } from './dev/quick-start.ts'
import { reloader } from './dev/reload/reload.ts'
import { watchSources } from './dev/reload/watch-sources.ts'
import { runNode } from './dev/run-node.ts'
import { seedInChild } from './dev/seed/seed-in-child.ts'
import { logFolder } from './logs/local-logs.ts'

/** What `npm start` runs: the synthesized stack on this machine, until Ctrl-C or the end of whoever started it. */
const ROOT = join(import.meta.dirname, '..')
const STOP_MS = 2_000

const log = (line: string): void => console.log(line)
let runtime: Runtime | undefined
let stopping = false
const work = new AbortController()

async function start(): Promise<void> {
  const config = readConfig({ env: process.env, args: process.argv.slice(2) }, ROOT)
  const assemblyDir = join(ROOT, 'cdk.out')
  await ensureAssembly({ root: ROOT, outDir: assemblyDir, env: process.env, signal: work.signal, log })
  const onLeftWork = (left: LeftWork) => endLeftWork(left, { root: ROOT, signal: work.signal })
  const names = { settings: SETTINGS, marker: 'standdown.json' }
  const files = { folder: PAGE_FOLDER, headers: PAGE_HEADERS }
  runtime = await startRuntime({ ...config, ...names, assemblyDir, files, onLeftWork, log })
  // Whoever reads an address may ask for what is there: the buckets are there first.
  await seedInChild(runtime, { root: ROOT, signal: work.signal })
  const { apiUrl: api_url, awsUrl: aws_url } = runtime
  process.on('exit', tellAddresses(config.dataDir, { api_url, aws_url }))
  const tour = quickStart({ ...runtime, dataDir: config.dataDir, root: ROOT })
  for (const line of [...addresses(runtime, config.dataDir), ...tour]) log(line)
  void tellJobs({ ...runtime, signal: work.signal, log }).catch(untold)
  reloadOnChange(runtime, config.dataDir)
}

/** A step that changes is bundled anew, and its next attempt runs the new code. */
function reloadOnChange(running: Runtime, dataDir: string): void {
  const { signal } = work
  const { STANDDOWN_EXTRA_JOBS: extraJobs } = process.env
  const build = async (): Promise<void> => {
    await runNode({ root: ROOT, args: ['infra/bundle/build.ts'], env: process.env, signal })
  }
  const [out, copies] = [join(ROOT, 'dist/functions'), join(dataDir, 'reload')]
  const reload = reloader({ runtime: running, out, copies, build, log })
  watchSources({ root: ROOT, extraJobs, signal }, reload)
}

const untold = (error: Error): void => log(`what happens to jobs is told no more: ${error.message}`)

function addresses({ apiUrl, awsUrl }: Runtime, dataDir: string): string[] {
  return [
    `console       ${apiUrl}/`,
    `API           ${apiUrl}`,
    `AWS endpoint  ${awsUrl}`,
    `events        curl -N ${awsUrl}/_events`,
    `logs          ${logFolder(dataDir)}`,
    `data          ${dataDir}`,
  ]
}

/** In order, as far as there is a runtime to close. */
function stop(): void {
  // Children hang on pipes of this process: they end with it, however it ends.
  work.abort()
  if (!runtime) stopAtOnce()
  stopping = true
  log('stopping ...')
  setTimeout(() => process.exit(1), STOP_MS).unref()
  void runtime.close().then(() => process.exit(0))
}

function stopAtOnce(): never {
  log('stopped')
  process.exit(130)
}

function fail(error: unknown): never {
  console.error(`standdown: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

onEndings({ first: stop, again: stopAtOnce })
process.on('uncaughtException', fail)
try {
  await start()
} catch (error) {
  if (!stopping) fail(error)
}

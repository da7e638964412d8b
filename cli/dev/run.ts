import { join } from 'node:path'
import { type LeftWork, type Runtime, startRuntime } from 'standdown-local'
import { tellAddresses } from '../connect/addresses.ts'
import { PAGE_FOLDER, PAGE_HEADERS } from '../console/page.ts'
import { logFolder } from '../logs/local-logs.ts'
import { type Config, SETTINGS } from './config.ts'
import { endLeftWork } from './end-left-work.ts'
import { onEndings } from './endings.ts'
import { tellJobs } from './job-lines.ts'
import type { Project } from './project.ts'
import { reloader } from './reload/reload.ts'
import { watchSources } from './reload/watch-sources.ts'

const STOP_MS = 2_000

const log = (line: string): void => console.log(line)
let runtime: Runtime | undefined
let stopping = false
const work = new AbortController()

/** Runs a project on this machine, until Ctrl-C or the end of whoever started it. */
export async function runProject(project: () => Project, config: () => Config): Promise<void> {
  onEndings({ first: stop, again: stopAtOnce })
  process.on('uncaughtException', fail)
  try {
    await start(project(), config())
  } catch (error) {
    if (!stopping) fail(error)
  }
}

async function start(project: Project, config: Config): Promise<void> {
  const { signal } = work
  const assemblyDir = await project.assemble({ signal, log })
  const onLeftWork = (left: LeftWork) => endLeftWork(left, { root: project.root, signal })
  const names = { settings: SETTINGS, marker: 'standdown.json' }
  const files = { folder: PAGE_FOLDER, headers: PAGE_HEADERS }
  runtime = await startRuntime({ ...config, ...names, assemblyDir, files, onLeftWork, log })
  const tour = await project.opened(runtime, config.dataDir, { signal, log })
  const { apiUrl: api_url, awsUrl: aws_url } = runtime
  process.on('exit', tellAddresses(config.dataDir, { api_url, aws_url }))
  for (const line of [...addresses(runtime, config.dataDir), ...tour]) log(line)
  void tellJobs({ ...runtime, signal, log }).catch(untold)
  reloadOnChange(project, runtime, config.dataDir)
}

/** A step that changes is bundled anew, and its next attempt runs the new code. */
function reloadOnChange(project: Project, running: Runtime, dataDir: string): void {
  const { signal } = work
  const build = (): Promise<void> => project.build({ signal, log })
  const reload = reloader({ runtime: running, project, copies: join(dataDir, 'reload'), build, log })
  watchSources({ ...project.sources, except: [dataDir], signal }, reload)
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

import { setTimeout as sleep } from 'node:timers/promises'
import { deploy } from '../deployment/deploy.ts'
import { Ledger } from '../deployment/ledger.ts'
import { createHttpApi } from '../http-api/http-api.ts'
import type { StaticFiles } from '../http-api/static-files.ts'
import { createSsm } from '../ssm/ssm.ts'
import type { Model } from '../template/model.ts'
import { readTemplate } from '../template/read-template.ts'
import { LOCAL_REGION } from '../types.ts'
import { openAwsEndpoint, type RunningParts } from './aws-endpoint.ts'
import { type Closing, createClosing } from './closing.ts'
import { openDataFolder } from './data-folder.ts'
import { type Listener, openListener } from './listener.ts'
import { createParts, type Parts, type Site, startStreams } from './wiring.ts'

export type RuntimeOptions = {
  assemblyDir: string
  dataDir: string
  /** 0 picks a free one. */
  apiPort: number
  /** 0 picks a free one. */
  awsPort: number
  /** Served at the API's address where the API has no route. @default none */
  files?: StaticFiles
  /** Whether Run Command runs shell scripts on this machine. @default false: such a command is refused */
  runCommands?: boolean
  /** What the caller calls these settings, so that an error can say what to change. */
  settings?: Partial<SettingNames>
  /** The file that marks a data folder as the caller's own. @default runtime.json */
  marker?: string
  /**
   * Called before anything runs where an earlier runtime ended in mid-work: no code of its functions runs any more.
   * When it fails, that is logged and the start goes on.
   */
  onLeftWork?(left: LeftWork): Promise<void>
  log(line: string): void
}

export type LeftWork = { dynamodb: URL; region: string; outputs: Record<string, string> }

export type SettingNames = Record<'apiPort' | 'awsPort' | 'dataDir' | 'runCommands', string>

export type Runtime = {
  apiUrl: string
  awsUrl: string
  region: string
  outputs: Record<string, string>
  /** Names of the functions that the template has. */
  functions: string[]
  /** What a function runs from its next invocation on, without a deployment; the folder must stay as it is. */
  replaceCode(functionName: string, codeDir: string): void
  close(): Promise<void>
}

const SETTINGS: SettingNames = {
  apiPort: 'apiPort',
  awsPort: 'awsPort',
  dataDir: 'dataDir',
  runCommands: 'runCommands',
}
const EXPIRY_MS = 60_000
/** What runs on a schedule looks at once at what a kill cut off, not at its next tick. */
const FIRE_AFTER_RECOVERY_MS = 3_000

/** Runs a synthesized assembly on this machine, until `close`. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const closing = createClosing(options.log)
  try {
    return await start(options, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function start(options: RuntimeOptions, closing: Closing): Promise<Runtime> {
  const { dataDir, assemblyDir, log, marker = 'runtime.json' } = options
  const settings = { ...SETTINGS, ...options.settings }
  closing.add(openDataFolder(dataDir, { marker, setting: settings.dataDir }))
  const api = await openListener({ port: options.apiPort, setting: settings.apiPort, log })
  closing.add(api.close)
  const aws = await openListener({ port: options.awsPort, setting: settings.awsPort, log })
  closing.add(aws.close)
  const ledger = new Ledger(dataDir)
  const model = readTemplate(assemblyDir, { apiUrl: api.url, awsUrl: aws.url }, ledger)
  const deployment = deploy(model, ledger, dataDir)
  const site = { dataDir, awsUrl: aws.url, closing, log }
  const { runCommands = false } = options
  const ssm = createSsm({ dataDir, awsUrl: aws.url, runCommands, setting: settings.runCommands, log })
  closing.add(ssm.close)
  const parts = await createParts({ model, deployment }, site)
  await tellLeftWork(options, { parts, outputs: model.outputs })
  const pump = startStreams(model, parts, site)
  openAwsEndpoint(aws, { parts, pump, site, ssm })
  await createBuckets(model, aws.url)
  openApi(api, { model, parts, site }, options.files)
  startClocks(model, { parts, pump, site })
  return {
    apiUrl: api.url,
    awsUrl: aws.url,
    region: LOCAL_REGION,
    outputs: model.outputs,
    functions: model.functions.map(({ name }) => name),
    replaceCode: (functionName, codeDir) => parts.pool.replaceCode(functionName, codeDir),
    close: () => closing.close(),
  }
}

type Left = { parts: Parts; outputs: Record<string, string> }

async function tellLeftWork({ onLeftWork, log }: RuntimeOptions, { parts, outputs }: Left): Promise<void> {
  if (await parts.environments.endLeft()) {
    try {
      await onLeftWork?.({ dynamodb: await parts.dynamodb.endpoint(), region: LOCAL_REGION, outputs })
    } catch (error) {
      log(`what the earlier runtime left could not be told as over: ${(error as Error).message}`)
    }
  }
  parts.environments.clear()
}

function openApi(
  listener: Listener,
  { model, parts, site }: { model: Model; parts: Parts; site: Site },
  files: StaticFiles | undefined,
): void {
  if (model.httpApis.length > 1)
    throw new Error('the template has more than one HTTP API; only one can run here')
  const api = model.httpApis[0] ?? { id: 'none', name: 'none', stage: '$default', routes: [] }
  const { log, closing } = site
  listener.serve(createHttpApi({ api, lambda: parts.pool, files, log, stopping: () => closing.started }))
}

async function createBuckets({ buckets }: Model, awsUrl: string): Promise<void> {
  for (const bucket of buckets) {
    const { status } = await fetch(`${awsUrl}/${bucket}`, { method: 'PUT' })
    if (status !== 200 && status !== 409)
      throw new Error(`cannot make the bucket ${bucket}: status ${status}`)
  }
}

function startClocks(model: Model, { parts, pump, site }: RunningParts): void {
  const { events, states, dynamodb } = parts
  events.start()
  // Only now: the rules that hear of the executions that a kill cut off are live.
  if (states.recover() > 0) void fireSchedules(model, { parts, pump, site })
  const removeExpired = setInterval(() => {
    const consumed = [...pump.consumed()].map(([tableName, before]) => ({ tableName, before }))
    dynamodb.removeExpired(consumed).catch((error: unknown) => {
      if (!site.closing.started) site.log(`expired items could not be removed: ${(error as Error).message}`)
    })
  }, EXPIRY_MS)
  site.closing.add(() => clearInterval(removeExpired))
}

async function fireSchedules(model: Model, { parts, site }: RunningParts): Promise<void> {
  await sleep(FIRE_AFTER_RECOVERY_MS, undefined, { ref: false })
  if (site.closing.started) return
  for (const rule of model.rules) if (rule.schedule && rule.enabled) parts.events.fire(rule.name)
}

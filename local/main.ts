import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from './config.ts'
import { ensureAssembly } from './runtime/build.ts'
import { type Runtime, startRuntime } from './runtime.ts'

const ROOT = join(import.meta.dirname, '..')
const STOP_MS = 2_000

const log = (line: string): void => console.log(line)
let runtime: Runtime | undefined
let stopping = false

function stop(): void {
  // Children hang on pipes of this process: they end with it, however it ends.
  if (stopping || !runtime) process.exit(130)
  stopping = true
  log('stopping ...')
  setTimeout(() => process.exit(1), STOP_MS).unref()
  void runtime.close().then(() => process.exit(0))
}

function fail(error: unknown): never {
  console.error(`standdown: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

async function seed(awsUrl: string): Promise<string[]> {
  const path = join(import.meta.dirname, 'seed.ts')
  if (!existsSync(path)) return []
  const module = (await import(path)) as { seed(awsUrl: string): Promise<string[]> }
  return module.seed(awsUrl)
}

async function start(): Promise<void> {
  const config = readConfig(process.env, ROOT)
  const outDir = join(ROOT, 'cdk.out')
  await ensureAssembly({ root: ROOT, outDir, env: process.env, log })
  runtime = await startRuntime({ ...config, assemblyDir: outDir, log })
  log(`API           ${runtime.apiUrl}`)
  log(`AWS endpoint  ${runtime.awsUrl}`)
  log(`events        curl -N ${runtime.awsUrl}/_events`)
  log(`data          ${config.dataDir}`)
  for (const line of await seed(runtime.awsUrl)) log(line)
}

process.on('SIGINT', stop)
process.on('SIGTERM', stop)
process.on('SIGHUP', stop)
process.on('uncaughtException', fail)
try {
  await start()
} catch (error) {
  if (!stopping) fail(error)
}

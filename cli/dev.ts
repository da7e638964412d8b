import { join } from 'node:path'
import { type Runtime, startRuntime } from 'standdown-local'
import { ensureAssembly } from './dev/assembly.ts'
import { runNode } from './dev/child.ts'
import { readConfig } from './dev/config.ts'

const ROOT = join(import.meta.dirname, '..')
const STOP_MS = 2_000

const log = (line: string): void => console.log(line)
let runtime: Runtime | undefined
let stopping = false
const work = new AbortController()

function stop(): void {
  // Children hang on pipes of this process: they end with it, however it ends.
  work.abort()
  if (stopping || !runtime) {
    log('stopped')
    process.exit(130)
  }
  stopping = true
  log('stopping ...')
  setTimeout(() => process.exit(1), STOP_MS).unref()
  void runtime.close().then(() => process.exit(0))
}

function fail(error: unknown): never {
  console.error(`standdown: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

// In a process of its own: the SDK it needs would stay in this one.
async function seed({ awsUrl, apiUrl, region }: Runtime): Promise<string> {
  const program = `const { seed } = await import(process.argv[1])
    for (const line of await seed(JSON.parse(process.argv[2]))) console.log(line)`
  const args = ['--input-type=module', '-e', program, join(import.meta.dirname, 'dev/seed/seed.ts')]
  const urls = JSON.stringify({ awsUrl, apiUrl, region })
  const printed = await runNode({ root: ROOT, args: [...args, urls], env: process.env, signal: work.signal })
  return printed.trimEnd()
}

async function start(): Promise<void> {
  const config = readConfig(process.env, ROOT)
  const outDir = join(ROOT, 'cdk.out')
  await ensureAssembly({ root: ROOT, outDir, env: process.env, signal: work.signal, log })
  runtime = await startRuntime({ ...config, assemblyDir: outDir, log })
  log(`API           ${runtime.apiUrl}`)
  log(`AWS endpoint  ${runtime.awsUrl}`)
  log(`events        curl -N ${runtime.awsUrl}/_events`)
  log(`data          ${config.dataDir}`)
  log(await seed(runtime))
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

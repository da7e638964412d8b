import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { isRunning } from './fabric-data.ts'
import { type Deployment, deploymentAt } from './open-deployment.ts'
import { until } from './poll.ts'

const BUILD = join(import.meta.dirname, '../jobs/deployments/build.ts')
const BUILD_TEST_JOBS = join(import.meta.dirname, '../jobs/build.ts')
const SERVE = join(import.meta.dirname, '../jobs/deployments/serve.ts')

/** Synthesizes a deployment of the test's own jobs into a folder. */
export async function buildDeployment(
  jobs: 'first.ts' | 'second.ts',
  build: number,
  folder: string,
): Promise<string> {
  await promisify(execFile)(process.execPath, [BUILD, jobs, String(build), folder])
  return folder
}

/** Synthesizes the product with the test jobs into a folder. */
export async function buildTestJobs(folder: string): Promise<string> {
  await promisify(execFile)(process.execPath, [BUILD_TEST_JOBS, folder, `${folder}-bundles`])
  return folder
}

/** Ends it by `kill -9`, in the middle of whatever it does. */
export async function killDeployment({ pid }: Deployment): Promise<void> {
  process.kill(pid!, 'SIGKILL')
  await until('the end of the runtime', async () => !isRunning(pid!))
}

/** The runtime with that assembly on that data folder: a deployment, where the folder has seen another one. */
export async function serveDeployment(assemblyDir: string, dataDir: string): Promise<Deployment> {
  const child = spawn(process.execPath, [SERVE, assemblyDir, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended(child),
  ])) as [string]
  const { api_url: apiUrl, aws_url: awsUrl } = JSON.parse(line) as { api_url: string; aws_url: string }
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.stdin.end()
    await exit
  }
  return deploymentAt({ apiUrl, awsUrl, pid: child.pid, close })
}

async function ended(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`the runtime ended with ${code}`)
}

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { type Deployment, deploymentAt } from './open-deployment.ts'

const BUILD = join(import.meta.dirname, '../jobs/deployments/build.ts')
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

/** The runtime with that assembly on that data folder: a deployment, where the folder has seen another one. */
export async function serveDeployment(assemblyDir: string, dataDir: string): Promise<Deployment> {
  const child = spawn(process.execPath, [SERVE, assemblyDir, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended(child),
  ])) as [string]
  const { api_url: apiUrl, aws_url: awsUrl } = JSON.parse(line) as { api_url: string; aws_url: string }
  const close = async (): Promise<void> => {
    if (child.exitCode !== null) return
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

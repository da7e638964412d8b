import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Started = {
  apiUrl: string
  awsUrl: string
  pid: number
  kill(): Promise<void>
  stop(): Promise<void>
}

const MAIN = join(import.meta.dirname, '../../cli/dev.ts')

/** What `npm start` runs, on free ports, with that data folder; ready once it has said how to use it. */
export async function npmStart(dataDir: string): Promise<Started> {
  const env = { ...process.env, STANDDOWN_DATA: dataDir, STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' }
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => void said.push(text))
  const exit = once(child, 'exit')
  const urls = await Promise.race([
    readUrls(child, said),
    exit.then(([code]) => Promise.reject(new Error(`npm start ended with ${code}: ${said.join('\n')}`))),
  ])
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exit
  }
  return { ...urls, pid: child.pid ?? 0, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

async function readUrls(child: ChildProcess, said: string[]): Promise<{ apiUrl: string; awsUrl: string }> {
  let apiUrl = ''
  let awsUrl = ''
  for await (const line of createInterface({ input: child.stdout! })) {
    said.push(line)
    apiUrl = /^API +(\S+)/.exec(line)?.[1] ?? apiUrl
    awsUrl = /^AWS endpoint +(\S+)/.exec(line)?.[1] ?? awsUrl
    if (apiUrl && awsUrl && line.startsWith('# start')) {
      child.stdout?.resume()
      return { apiUrl, awsUrl }
    }
  }
  throw new Error(`npm start said no addresses: ${said.join('\n')}`)
}

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { createClient, type JobView } from 'standdown/client'

const LOCAL = { STANDDOWN_API_PORT: '0', STANDDOWN_AWS_PORT: '0' }

/** `standdown dev`, and what a test asks of it. */
export async function running() {
  const child = spawn('node_modules/.bin/standdown', ['dev'], { env: { ...process.env, ...LOCAL } })
  const urls = new Map<string, string>()
  const said: string[] = []
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line)
      const [, name, url] = /^(API|AWS endpoint) +(\S+)/.exec(line) ?? []
      if (name && url) urls.set(name, url)
      if (urls.size === 2) resolve()
    })
    child.once('close', () => reject(new Error(`standdown dev ended:\n${said.join('\n')}`)))
  })
  const client = createClient({ endpoint: urls.get('API') ?? '' })
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const s3 = new S3Client({
    endpoint: urls.get('AWS endpoint') ?? '',
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
  })
  const until = async (id: string, isThere: (job: JobView) => boolean): Promise<JobView> => {
    for (let tries = 0; tries < 600; tries += 1) {
      const job = await client.job(id)
      if (isThere(job)) return job
      await pause(100)
    }
    throw new Error(`the job ${id} does not come on:\n${said.join('\n')}`)
  }
  return {
    client,
    start: async (every_ms: number): Promise<string> => {
      const input = { month: '2026-11', count: 4, every_ms }
      return (await client.execute({ template: 'invoice-run', input })).job_execution_id
    },
    untilStep: (id: string, name: string) =>
      until(id, ({ steps }) =>
        steps.some((step) => step.name === name && step.state === 'ONGOING' && isAtWork(step)),
      ),
    untilEnded: (id: string) => until(id, ({ ended_at }) => ended_at !== null),
    kept: async (prefix: string): Promise<number> => {
      const { KeyCount = 0 } = await s3.send(
        new ListObjectsV2Command({ Bucket: 'invoice-run', Prefix: prefix }),
      )
      return KeyCount
    },
    stop: () => {
      child.removeAllListeners('close')
      child.kill('SIGTERM')
    },
  }
}

/** It has done a part of its work, where it tells of parts. */
const isAtWork = ({ name, progress }: JobView['steps'][number]): boolean =>
  name === 'train' || (progress?.done ?? 0) > 0

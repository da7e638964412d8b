import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type Client, createClient } from '#client/client.ts'
import type { Behaviour } from '../jobs/lab-step.ts'
import { MARKS_BUCKET } from '../jobs/marks-bucket.ts'
import { until } from '../scenarios/poll.ts'
import { type PrivateRuntime, startPrivateRuntime } from '../scenarios/private-runtime.ts'
import { launchBrowser } from './browser.ts'

export type Console = {
  browser: Browser
  client: Client
  apiUrl: string
  s3: S3Client
  /** What the browser complained of since it was asked last: errors of scripts, and of the content policy. */
  complaints(): string[]
  open(address: string, options?: BrowserContextOptions): Promise<Page>
  /** A laboratory job of this shape, once these steps of it run. */
  running(shape: string, steps: Record<string, Behaviour>, more?: object): Promise<string>
  close(): Promise<void>
}

/** Works until a test releases it: longer than any test looks at it. */
export const HELD: Behaviour = { held: true }

/** The page on a runtime of its own with the test jobs, in a real browser. */
export async function openConsole(): Promise<Console> {
  const [runtime, browser] = await Promise.all([startPrivateRuntime(), launchBrowser()])
  const { apiUrl } = runtime
  const client = createClient({ endpoint: apiUrl })
  const s3 = storeOf(runtime)
  await s3.send(new CreateBucketCommand({ Bucket: MARKS_BUCKET }))
  const complained: string[] = []
  return {
    ...{ browser, client, apiUrl, s3 },
    complaints: () => complained.splice(0),
    async open(address, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      page.on('pageerror', ({ message }) => void complained.push(message))
      page.on('console', (message) => {
        if (message.type() === 'error') complained.push(message.text())
      })
      await page.goto(`${apiUrl}/${address}`)
      return page
    },
    async running(shape, steps, more = {}) {
      const input = { marks: MARKS_BUCKET, wait: 0, steps, ...more }
      const { job_execution_id: id } = await client.execute({ template: `lab-${shape}`, input })
      const names = Object.keys(steps)
      await until(`${names} of ${id} to run`, async () => {
        const job = await client.job(id)
        return names.every((name) =>
          job.steps.some((step) => step.name === name && step.checkpoint_at !== null),
        )
      })
      return id
    },
    async close() {
      s3.destroy()
      await browser.close()
      await runtime.close()
    },
  }
}

const storeOf = ({ awsUrl }: PrivateRuntime): S3Client =>
  new S3Client({
    endpoint: awsUrl,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })

export const ended = (client: Client, id: string) =>
  until(`${id} to end`, async () => {
    const job = await client.job(id)
    return job.ended_at !== null && job
  })

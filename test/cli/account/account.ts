import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { viewJob } from '#core/api/job-view.ts'
import { JOBS, NOW } from '../../core/samples.ts'

export const STACK = 'Mine'
export const JOB = { ...viewJob(JOBS.ONGOING!, { steps: [], moreSteps: false, template: null, now: NOW }) }
export const GROUPS = ['standdown-api-jobs', 'standdown-lab-copy', 'standdown-lab-verify']

export type Account = {
  env: Record<string, string>
  /** The filters by which logs were looked for, by log group. */
  filtered: Map<string, unknown>
  close(): Promise<void>
}

/** What the command line asks of an account of AWS: the outputs of a stack, its logs, and its API. */
export async function openAccount(): Promise<Account> {
  const filtered: Account['filtered'] = new Map()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const { status, type, answer } = answerTo(request, body, { filtered, url: urlOf() })
    response.writeHead(status, { 'content-type': type }).end(answer)
  }).listen(0, '127.0.0.1')
  const urlOf = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await once(server, 'listening')
  const env = {
    AWS_ENDPOINT_URL: urlOf(),
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { env, filtered, close }
}

type Answer = { status: number; type: string; answer: string }
type Place = { filtered: Account['filtered']; url: string }

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  answer: JSON.stringify(value),
})
const xml = (answer: string, status = 200): Answer => ({ status, type: 'text/xml', answer })

function answerTo(
  { url = '', headers }: IncomingMessage,
  body: string,
  { filtered, url: own }: Place,
): Answer {
  if (body.includes('Action=DescribeStacks')) return stacks(new URLSearchParams(body).get('StackName'), own)
  const [, operation] = String(headers['x-amz-target'] ?? '').split('.')
  if (operation === 'DescribeLogGroups')
    return json({ logGroups: GROUPS.map((name) => ({ logGroupName: `/aws/lambda/${name}` })) })
  if (operation === 'FilterLogEvents') return lines(JSON.parse(body) as LogQuery, filtered)
  if (url === `/jobs/${JOB.job_execution_id}`) return json(JOB)
  return json({ title: 'Not found', status: 404 }, 404)
}

type LogQuery = { logGroupName: string; filterPattern: string; startTime: number }

/** A line a group, the later the group the earlier. */
function lines({ logGroupName, ...query }: LogQuery, filtered: Account['filtered']): Answer {
  filtered.set(logGroupName, query)
  const at = query.startTime + 10_000 - 1_000 * GROUPS.indexOf(logGroupName.replace('/aws/lambda/', ''))
  const message = JSON.stringify({ level: 'INFO', message: `by ${logGroupName}`, timestamp: new Date(at) })
  return json({ events: [{ message, timestamp: at }] })
}

function stacks(name: string | null, url: string): Answer {
  if (name !== STACK)
    return xml(
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
      400,
    )
  const output = `<member><OutputKey>ApiUrl</OutputKey><OutputValue>${url}</OutputValue></member>`
  const stack = `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-31T09:00:00Z</CreationTime><Outputs>${output}</Outputs></member>`
  return xml(
    `<DescribeStacksResponse><DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  )
}

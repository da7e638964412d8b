import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import pLimit from 'p-limit'
import { isOfStep, type LogLine, type LogQuery, logLine } from './log-line.ts'

const OF_FUNCTIONS = '/aws/lambda/'
/** FilterLogEvents answers a few times a second for a whole account and region. */
const AT_ONCE = 3

/** The same of CloudWatch Logs, by FilterLogEvents over the log groups of the stack's functions. */
export async function cloudWatchLines({ jobId, since, step, prefix }: LogQuery): Promise<LogLine[]> {
  const client = new CloudWatchLogsClient({ maxAttempts: 12 })
  try {
    const groups: string[] = []
    const named = { logGroupNamePrefix: `${OF_FUNCTIONS}${prefix}-` }
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, named)) {
      groups.push(...logGroups.map(({ logGroupName = '' }) => logGroupName))
    }
    const wanted = groups.filter((group) => isOfStep(group, step))
    const found = await pLimit(AT_ONCE).map(wanted, (group) => linesIn(client, group, { jobId, since }))
    return found.flat()
  } finally {
    client.destroy()
  }
}

type Which = Pick<LogQuery, 'jobId' | 'since'>

async function linesIn(
  client: CloudWatchLogsClient,
  group: string,
  { jobId, since }: Which,
): Promise<LogLine[]> {
  const from = group.slice(OF_FUNCTIONS.length)
  const query = { logGroupName: group, filterPattern: JSON.stringify(jobId), startTime: since }
  const lines: LogLine[] = []
  for await (const { events = [] } of paginateFilterLogEvents({ client }, query)) {
    lines.push(
      ...events.map(({ message = '', timestamp = since }) => logLine(message, { at: timestamp, from })),
    )
  }
  return lines
}

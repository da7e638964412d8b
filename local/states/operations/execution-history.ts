import { seconds } from '../description.ts'
import type { EventRow } from '../execution-log.ts'
import { type Input, pageSize, readToken, writeToken } from './request-fields.ts'
import { findExecution, type Service } from './service.ts'

export function getExecutionHistory(service: Service, input: Input) {
  const row = findExecution(service, input)
  const limit = pageSize(input)
  const reverse = input.reverseOrder === true
  const [after = reverse ? Number.MAX_SAFE_INTEGER : 0] = readToken(input, 1) ?? []
  const rows = service.log.events(row.id, { after, limit: limit + 1, reverse })
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const withData = input.includeExecutionData !== false
  return {
    events: page.map((event) => historyEvent(event, withData)),
    ...(rows.length > limit && last ? { nextToken: writeToken(last.id) } : {}),
  }
}

function historyEvent(row: EventRow, withData: boolean): Record<string, unknown> {
  const details =
    row.details === null ? {} : (JSON.parse(row.details) as Record<string, Record<string, unknown>>)
  const shown = withData ? details : withoutData(details)
  return {
    timestamp: seconds(row.at_ms),
    type: row.type,
    id: row.id,
    previousEventId: row.previous,
    ...shown,
  }
}

const DATA = ['input', 'inputDetails', 'output', 'outputDetails', 'parameters']

function withoutData(details: Record<string, Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(details).map(([key, fields]) => [
      key,
      Object.fromEntries(Object.entries(fields).filter(([field]) => !DATA.includes(field))),
    ]),
  )
}

import type { Counts, Examples } from './batch-report.ts'
import { MAX_EXAMPLES } from './batch-report.ts'
import type { Outcome } from './outcomes.ts'
import type { JobReport } from './report.ts'

/** The job's own result: the report, shortened to what an event may carry. */
export type ReportResult = Omit<JobReport, 'counts'> & {
  counts: Partial<Counts>
  /** Where `report.json` and, below `report/`, a line for each object are. */
  report: string
}

/** The end of an execution is an event of EventBridge too, with input and output in it. */
const MAX_BYTES = 24 * 1024
const MAX_TEXT = 200
/** Their keys may be long, and all of them are in `report.json`. */
const MAX_LEFT_OPEN = 5

/** At most the first hundred of each outcome; where they are too long together, fewer of each alike. */
export function shortened(report: JobReport, folder: string): ReportResult {
  const { counts, left_open, ...more } = report
  const rest = left_open ? { ...more, left_open: left_open.slice(0, MAX_LEFT_OPEN) } : more
  const met = Object.fromEntries(Object.entries(counts).filter(([, { objects }]) => objects > 0))
  let result: ReportResult
  let most = MAX_EXAMPLES
  do {
    result = { ...rest, counts: met, examples: cut(report.examples, most), report: `${folder}report.json` }
    most = Math.floor(most * 0.8)
  } while (most > 0 && Buffer.byteLength(JSON.stringify(result)) > MAX_BYTES)
  return result
}

function cut(examples: Examples, most: number): Examples {
  const short: Examples = {}
  for (const [outcome, lines] of Object.entries(examples)) {
    short[outcome as Outcome] = lines.slice(0, most).map(({ key, reason, ...line }) => ({
      key: key.slice(0, MAX_TEXT),
      ...line,
      ...(reason === undefined ? {} : { reason: reason.slice(0, MAX_TEXT) }),
    }))
  }
  return short
}

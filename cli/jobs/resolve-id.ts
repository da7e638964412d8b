import { eachItem } from '#client/pages.ts'
import { ApiProblem } from '#client/problem.ts'
import type { ListedJob } from '#core/api/answers.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { LAST, lastStarted } from './last.ts'
import { SHORTEST } from './short-ids.ts'

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
/** How many of the newest jobs are looked through for a shortened id. */
const LOOKED_THROUGH = 1_000
const PAGE = 100
const SHOWN = 5

/** The id that somebody means: whole, a beginning that only one job has, or the last one started here. */
export async function resolveId(context: Context, given: string): Promise<string> {
  if (UUID.test(given)) return given
  if (given === LAST) return last(context)
  const client = await context.client()
  // An execution started past the API may have any name.
  const whole = await client.job(given).catch(unlessUnknown)
  if (whole) return whole.job_execution_id
  const found = await beginningWith(context, given)
  if (found.length === 1) return found[0]!.job_execution_id
  throw found.length === 0 ? unknown(given) : ambiguous(given, found)
}

export const resolveIds = (context: Context, given: string[]): Promise<string[]> =>
  Promise.all(given.map((one) => resolveId(context, one))).then((ids) => [...new Set(ids)])

async function last(context: Context): Promise<string> {
  const { apiUrl } = await context.connection()
  const id = await lastStarted(apiUrl, context.process.env)
  if (id) return id
  throw new CliError(`${LAST} names nothing: no job was started from here yet`, {
    code: EXIT.notFound,
    hint: 'see the jobs with standdown ps',
  })
}

function unlessUnknown(error: unknown): undefined {
  if (error instanceof ApiProblem && error.status === 404) return undefined
  throw error
}

async function beginningWith(context: Context, given: string): Promise<ListedJob[]> {
  if (given.length < SHORTEST) return []
  const client = await context.client()
  const found: ListedJob[] = []
  let looked = 0
  for await (const job of eachItem((next_token) => client.jobs({ limit: PAGE, next_token }))) {
    if (job.job_execution_id.startsWith(given)) found.push(job)
    looked += 1
    if (looked === LOOKED_THROUGH || found.length > SHOWN) break
  }
  return found
}

const unknown = (given: string): CliError =>
  new CliError(`there is no job ${given}`, {
    code: EXIT.notFound,
    hint: `see the jobs with standdown ps; an id may be shortened to ${SHORTEST} characters or more`,
  })

function ambiguous(given: string, found: ListedJob[]): CliError {
  const lines = found.slice(0, SHOWN).map((job) => `  ${job.job_execution_id}  ${job.template}  ${job.state}`)
  const more = found.length > SHOWN ? ['  ...'] : []
  const message = [`${given} is the beginning of several jobs:`, ...lines, ...more].join('\n')
  return new CliError(message, { code: EXIT.usage, hint: 'give more of the id' })
}

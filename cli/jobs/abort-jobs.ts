import type { Aborted, AbortOptions } from '#client/jobs.ts'
import type { AbortJobsItem } from '#core/api/answers.ts'
import type { Context } from '../context.ts'
import { codeOfStatus, EXIT, type ExitCode, failureOf } from '../exit.ts'
import { cell } from '../output/format.ts'
import { stateText } from '../output/paint.ts'
import { followJob } from '../watch/follow-job.ts'
import { codeOfEnd, report } from '../watch/report.ts'
import { printPlan } from './print-plan.ts'

export type Waiting = { wait?: true | undefined; timeout?: number | undefined }
export type Abort = { how: AbortOptions; waiting: Waiting; dryRun?: true | undefined }

export async function abortOne(context: Context, id: string, { how, waiting, dryRun }: Abort): Promise<void> {
  const client = await context.client()
  const { out } = context
  if (dryRun) return printPlan(context, await client.dryRun(id, how))
  const aborted = await client.abort(id, how)
  for (const { option, reason } of aborted.not_taken) context.say(`${option} is not taken: ${reason}`)
  if (!waiting.wait) {
    return out.one(aborted, { text: (one) => acceptedText(context, one), id: (one) => one.job_execution_id })
  }
  const job = await followJob(context, id, { timeout: waiting.timeout })
  out.one(job, { text: (one) => report(one, out.paint), id: (one) => one.job_execution_id })
  context.code = codeOfEnd(job, 'abort')
}

function acceptedText(
  { out }: Context,
  { job_execution_id, state, abort_request, changed }: Aborted,
): string {
  const said = changed
    ? `abort (${abort_request?.mode}) accepted`
    : 'was being aborted already; nothing was added'
  return `${job_execution_id}  ${stateText(state, out.paint)}  ${said}`
}

/** Many at once; one that is refused does not hinder the others, and makes the exit code 1. */
export async function abortListed(context: Context, ids: string[], abort: Abort): Promise<void> {
  const client = await context.client()
  const which = { job_execution_ids: ids, ...abort.how }
  if (abort.dryRun) {
    const { items } = await client.dryRunMany(which)
    printItems(context, items)
    return context.say('nothing was changed')
  }
  const { items } = await client.abortMany(which)
  const refused = items.filter(isRefused)
  const taken = items.filter((item) => !isRefused(item))
  const { waiting } = abort
  if (refused.length > 0) context.code = EXIT.failed
  if (!waiting.wait) return printItems(context, items)
  const codes = await Promise.all(taken.map((item) => waitFor(context, item, waiting)))
  const jobs = await Promise.all(taken.map(({ job_execution_id: id }) => client.job(id)))
  printItems(
    context,
    items.map((item) => ({ ...item, ...stateIn(jobs, item) })),
  )
  context.code = worst([context.code, ...codes])
}

const stateIn = (
  jobs: { job_execution_id: string; state: AbortJobsItem['state'] }[],
  item: AbortJobsItem,
) => {
  const job = jobs.find(({ job_execution_id }) => job_execution_id === item.job_execution_id)
  return job?.state ? { state: job.state } : {}
}

async function waitFor(context: Context, item: AbortJobsItem, { timeout }: Waiting): Promise<ExitCode> {
  try {
    return codeOfEnd(await followJob(context, item.job_execution_id, { timeout, quiet: true }), 'abort')
  } catch (error) {
    const { code, message } = failureOf(error)
    context.say(`${item.job_execution_id}: ${message}`)
    return code
  }
}

/** A time-out says more than a refusal. */
function worst(codes: ExitCode[]): ExitCode {
  const order: ExitCode[] = [EXIT.interrupted, EXIT.timeout, EXIT.cleanUpFailed, EXIT.failed]
  return order.find((code) => codes.includes(code)) ?? (codes.some(Boolean) ? EXIT.failed : EXIT.ok)
}

const isRefused = ({ status }: AbortJobsItem): boolean => status >= 400

export function printItems({ out }: Context, items: AbortJobsItem[]): void {
  out.list(items, {
    head: ['ID', 'STATE', 'ANSWER'],
    row: (item) => [
      cell(item.job_execution_id),
      item.state ? stateText(item.state, out.paint) : '',
      isRefused(item) ? out.paint('red', cell(whyNot(item))) : item.status === 202 ? 'accepted' : 'already',
    ],
    id: (item) => item.job_execution_id,
    empty: 'no jobs',
  })
}

const whyNot = ({ problem, status }: AbortJobsItem): string =>
  problem?.detail ?? `refused (${status}, exit code ${codeOfStatus(status)})`

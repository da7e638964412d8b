import type { AbortOptions } from '#client/jobs.ts'

/** A word as a shell takes it, whatever is in it. */
const quoted = (text: string): string =>
  /^[\w.,:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

export function cliLine(ids: readonly string[], options: AbortOptions): string {
  const { mode, reason, force_after_seconds, rollback } = options
  return [
    'standdown abort',
    ...ids.map(quoted),
    `--mode ${mode ?? 'graceful'}`,
    ...(reason ? [`--reason ${quoted(reason)}`] : []),
    ...(force_after_seconds ? [`--force-after ${force_after_seconds}s`] : []),
    ...(rollback ? ['--rollback'] : []),
  ].join(' ')
}

/** `base`: where the API is. */
export function curlLine(ids: readonly string[], options: AbortOptions, base: string): string {
  const [only] = ids
  const which = ids.length === 1 ? {} : { job_execution_ids: ids }
  const path = ids.length === 1 && only ? `jobs/${encodeURIComponent(only)}/abort` : 'jobs/abort'
  const body = JSON.stringify({ ...which, ...options })
  return `curl ${quoted(new URL(path, base).href)} -H 'content-type: application/json' -d ${quoted(body)}`
}

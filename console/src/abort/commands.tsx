import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { AbortOptions } from '#client/jobs.ts'

/** A word as a shell takes it, whatever is in it. */
export const quoted = (text: string): string =>
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

export function curlLine(ids: readonly string[], options: AbortOptions): string {
  const [only] = ids
  const which = ids.length === 1 ? {} : { job_execution_ids: ids }
  const path = ids.length === 1 && only ? `jobs/${encodeURIComponent(only)}/abort` : 'jobs/abort'
  const body = JSON.stringify({ ...which, ...options })
  return `curl ${quoted(new URL(path, document.baseURI).href)} -H 'content-type: application/json' -d ${quoted(body)}`
}

/** The same abort, to be pasted into a terminal. */
export function Commands({ ids, options }: { ids: readonly string[]; options: AbortOptions }) {
  return (
    <ExpandableSection headerText="The same from a terminal">
      <SpaceBetween size="s">
        <Command label="Command line" line={cliLine(ids, options)} />
        <Command label="curl" line={curlLine(ids, options)} />
      </SpaceBetween>
    </ExpandableSection>
  )
}

const Command = ({ label, line }: { label: string; line: string }) => (
  <FormField
    label={label}
    secondaryControl={
      <CopyToClipboard
        variant="icon"
        textToCopy={line}
        copyButtonAriaLabel={`Copy the line for ${label}`}
        copySuccessText="Copied"
        copyErrorText="Could not be copied"
      />
    }
  >
    <code className="command">{line}</code>
  </FormField>
)

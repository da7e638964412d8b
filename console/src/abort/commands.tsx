import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { AbortOptions } from '#client/jobs.ts'
import { cliLine, curlLine } from './command-lines.ts'

/** The same abort, to be pasted into a terminal. */
export function Commands({ ids, options }: { ids: readonly string[]; options: AbortOptions }) {
  return (
    <ExpandableSection headerText="The same from a terminal">
      <SpaceBetween size="s">
        <Command label="Command line" line={cliLine(ids, options)} />
        <Command label="curl" line={curlLine(ids, options, document.baseURI)} />
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

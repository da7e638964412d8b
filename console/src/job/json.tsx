import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SpaceBetween from '@cloudscape-design/components/space-between'

/** A value to be read and copied. */
export function Json({ value, what }: { value: unknown; what: string }) {
  const text = JSON.stringify(value, null, 2)
  return (
    <SpaceBetween size="xs">
      <CopyToClipboard
        copyButtonText="Copy"
        copyButtonAriaLabel={`Copy ${what}`}
        textToCopy={text}
        copySuccessText="Copied"
        copyErrorText="Could not be copied"
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
      <pre className="json" tabIndex={0}>
        {text}
      </pre>
    </SpaceBetween>
  )
}

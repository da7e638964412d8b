import Box from '@cloudscape-design/components/box'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import Modal from '@cloudscape-design/components/modal'
import { useMemo } from 'react'
import { useShortcuts } from './shortcuts.ts'

const KEYS = {
  '/': 'Filter the list',
  'j, k': 'Next job, previous job',
  Enter: 'Open the job',
  a: 'Abort: the selected jobs, the one with the focus, or the one that is open',
  '?': 'This help',
}

type Props = { isOpen: boolean; onOpen: () => void; onClose: () => void }

export function ShortcutHelp({ isOpen, onOpen, onClose }: Props) {
  useShortcuts(useMemo(() => ({ '?': onOpen }), [onOpen]))
  if (!isOpen) return null
  return (
    <Modal visible onDismiss={onClose} header="Keyboard shortcuts" closeAriaLabel="Close">
      <KeyValuePairs
        columns={1}
        items={Object.entries(KEYS).map(([key, value]) => ({
          label: <Box variant="code">{key}</Box>,
          value,
        }))}
      />
    </Modal>
  )
}

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'

type Action = { text: string; onClick: () => void; isBusy?: boolean; isOff?: boolean }

type Props = {
  header: ReactNode
  /** Null where there is nothing left to do. */
  action: Action | null
  /** What closing it without the action means. */
  closeText: string
  onClose: () => void
  isLarge?: boolean
  children: ReactNode
}

/** A question with one action, named on its button. */
export const Dialog = ({ header, action, closeText, onClose, isLarge = false, children }: Props) => (
  <Modal
    visible
    size={isLarge ? 'large' : 'medium'}
    onDismiss={onClose}
    closeAriaLabel="Close"
    header={header}
    footer={
      <Box float="right">
        <SpaceBetween direction="horizontal" size="xs">
          <Button variant="link" onClick={onClose}>
            {closeText}
          </Button>
          {action && (
            <Button
              variant="primary"
              onClick={action.onClick}
              loading={action.isBusy ?? false}
              disabled={action.isOff ?? false}
            >
              {action.text}
            </Button>
          )}
        </SpaceBetween>
      </Box>
    }
  >
    {children}
  </Modal>
)

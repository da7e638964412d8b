import ButtonDropdown from '@cloudscape-design/components/button-dropdown'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Node } from '#client/nodes.ts'
import { api } from '../../api/api.ts'
import { Dialog } from '../../app/dialog.tsx'
import { flash } from '../../app/flashes.ts'

export const NODES_KEY = ['nodes']
export const nameOf = ({ name, uuid }: Node): string => name ?? uuid

/** The targets that the node takes now; all but an abort of the running operation are confirmed. */
export function PowerActions({ node }: { node: Node }) {
  const [asked, ask] = useState<string | null>(null)
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (target: string) => api.nodes.setPower(node.uuid, { target }),
    onSuccess: (_, target) => flash({ type: 'success', header: `${nameOf(node)}: ${target}` }),
    onError: (error) => flash({ type: 'error', header: nameOf(node), content: error.message }),
    onSettled: () => queries.invalidateQueries({ queryKey: NODES_KEY }),
  })
  const targets = node.supported_power_states
  const choose = (target: string): void => (target.startsWith('abort') ? change.mutate(target) : ask(target))
  return (
    <>
      <ButtonDropdown
        expandToViewport
        loading={change.isPending}
        disabled={targets.length === 0}
        ariaLabel={`Change the power of ${nameOf(node)}`}
        items={targets.map((target) => ({ id: target, text: sentence(target) }))}
        onItemClick={({ detail }) => choose(detail.id)}
      >
        Power
      </ButtonDropdown>
      {asked !== null && (
        <Confirm
          {...{ node, target: asked }}
          onClose={() => ask(null)}
          onConfirm={() => {
            change.mutate(asked)
            ask(null)
          }}
        />
      )}
    </>
  )
}

type ConfirmProps = { node: Node; target: string; onClose: () => void; onConfirm: () => void }

const Confirm = ({ node, target, onClose, onConfirm }: ConfirmProps) => (
  <Dialog
    header={`${sentence(target)}: ${nameOf(node)}`}
    action={{ text: sentence(target), onClick: onConfirm }}
    closeText="Leave it as it is"
    onClose={onClose}
  >
    The machine itself is told, whatever runs on it.
  </Dialog>
)

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

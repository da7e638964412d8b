import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import Tiles from '@cloudscape-design/components/tiles'
import type { ListedJob } from '#core/api/answers.ts'
import { ABORT_MODES, type AbortMode } from '#core/job/job.ts'
import { DEADLINES, type Draft } from './options.ts'

type FieldProps = { draft: Draft; onChange: (change: Partial<Draft>) => void; disabled?: boolean }

const TILES: Record<AbortMode, { label: string; description: string }> = {
  graceful: {
    label: 'Graceful',
    description: 'Running steps end at their next safe point, nothing new starts, then it is cleaned up.',
  },
  force: {
    label: 'Force',
    description:
      'The execution is stopped now, running code is fenced off, and cleaned up as soon as that is safe.',
  },
}

type Modes = ListedJob['supported_abort_modes']

/** A mode that cannot be chosen says why; one that can, what it will wait for. */
export function ModeField({ draft, onChange, modes }: FieldProps & { modes: Modes | null }) {
  const items = ABORT_MODES.map((mode) => {
    const known = modes?.find((one) => one.mode === mode)
    const reason = known?.reason ? ` ${sentence(known.reason)}` : ''
    const description = `${TILES[mode].description}${reason}`
    return { value: mode, label: TILES[mode].label, description, disabled: known?.supported === false }
  })
  return (
    <FormField label="How" stretch>
      <Tiles
        columns={2}
        value={draft.mode}
        items={items}
        onChange={({ detail }) => {
          const mode = ABORT_MODES.find((one) => one === detail.value)
          if (mode) onChange({ mode, typed: '' })
        }}
      />
    </FormField>
  )
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

export const MAX_REASON = 1_024

export function ReasonField({ draft, onChange, error }: FieldProps & { error: boolean }) {
  return (
    <FormField
      label="Reason"
      description="Kept with the job, and told in every notification."
      errorText={error && 'Say why, for those who read it later'}
      stretch
    >
      <Input
        value={draft.reason}
        onChange={({ detail }) => onChange({ reason: detail.value.slice(0, MAX_REASON) })}
        ariaRequired
        invalid={error}
        placeholder="for example: wrong destination bucket"
      />
    </FormField>
  )
}

export function DeadlineField({ draft, onChange }: FieldProps) {
  const chosen = DEADLINES.find(({ value }) => value === draft.deadline) ?? DEADLINES[0]
  return (
    <FormField label="Force it, if it has not ended">
      <Select
        selectedOption={chosen}
        options={DEADLINES}
        onChange={({ detail }) => onChange({ deadline: detail.selectedOption.value ?? '' })}
      />
    </FormField>
  )
}

export function RollbackField({ draft, onChange, disabled = false }: FieldProps) {
  return (
    <Checkbox
      checked={draft.rollback}
      disabled={disabled}
      onChange={({ detail }) => onChange({ rollback: detail.checked })}
      description="Without it, what finished steps did stays."
    >
      Roll back: undo finished steps, too, the last one first
    </Checkbox>
  )
}

/** Force cannot be taken back: it is confirmed by what is only known to those who looked at the job. */
export function ConfirmField({
  draft,
  onChange,
  expected,
  what,
}: FieldProps & { expected: string; what: string }) {
  const isWrong = draft.typed.length >= expected.length && draft.typed !== expected
  return (
    <FormField
      label={
        <>
          Type {what}, <code>{expected}</code>, to confirm the force
        </>
      }
      errorText={isWrong && `That is not ${expected}`}
    >
      <Input
        value={draft.typed}
        onChange={({ detail }) => onChange({ typed: detail.value.trim() })}
        autoComplete={false}
        spellcheck={false}
        invalid={isWrong}
        ariaRequired
      />
    </FormField>
  )
}

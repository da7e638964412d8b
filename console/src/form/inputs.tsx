import Input from '@cloudscape-design/components/input'
import Select from '@cloudscape-design/components/select'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { kindOf, type Schema } from './schema.ts'

type Props = {
  schema: Schema
  value: unknown
  isRequired: boolean
  isWrong: boolean
  onChange: (value: unknown) => void
}

/** What one value is typed or chosen with. */
export function ValueInput(props: Props) {
  switch (kindOf(props.schema)) {
    case 'choice':
      return <Choice {...props} options={(props.schema.enum ?? []).map(String)} />
    case 'boolean':
      return <YesNo {...props} />
    case 'number':
      return <NumberInput {...props} />
    case 'text':
      return <TextInput {...props} />
    default:
      return <JsonInput {...props} />
  }
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

function TextInput({ schema, value, isRequired, isWrong, onChange }: Props) {
  const placeholder = schema.format === 'date-time' ? '2026-01-31T09:00:00Z' : ''
  return (
    <Input
      value={textOf(value)}
      placeholder={placeholder}
      ariaRequired={isRequired}
      invalid={isWrong}
      autoComplete={false}
      spellcheck={false}
      onChange={({ detail }) => onChange(detail.value || undefined)}
    />
  )
}

function NumberInput({ schema, value, isRequired, isWrong, onChange }: Props) {
  const { minimum, maximum } = schema
  const range = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
  return (
    <Input
      type="number"
      inputMode="numeric"
      value={textOf(value)}
      placeholder={range ? `${minimum} to ${maximum}` : ''}
      ariaRequired={isRequired}
      invalid={isWrong}
      onChange={({ detail }) => onChange(detail.value === '' ? undefined : Number(detail.value))}
    />
  )
}

const LEFT_OUT = { value: '', label: 'Left to its default' }

function Choice({ value, isRequired, isWrong, options, onChange }: Props & { options: string[] }) {
  const all = [
    ...(isRequired ? [] : [LEFT_OUT]),
    ...options.map((option) => ({ value: option, label: option })),
  ]
  return (
    <Select
      selectedOption={all.find((option) => option.value === textOf(value)) ?? null}
      options={all}
      placeholder="Choose one"
      ariaRequired={isRequired}
      invalid={isWrong}
      onChange={({ detail }) => onChange(detail.selectedOption.value || undefined)}
    />
  )
}

function YesNo({ onChange, value, ...props }: Props) {
  const words: Record<string, boolean> = { yes: true, no: false }
  const word = value === undefined ? undefined : value ? 'yes' : 'no'
  return (
    <Choice
      {...props}
      value={word}
      options={['yes', 'no']}
      onChange={(next) => onChange(typeof next === 'string' ? words[next] : undefined)}
    />
  )
}

/** What has no field of its own, as JSON; what is no JSON yet is kept as it is typed, and not sent. */
function JsonInput({ value, isRequired, isWrong, onChange }: Props) {
  const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2))
  const [isBroken, setBroken] = useState(false)
  const change = (next: string): void => {
    setText(next)
    try {
      onChange(next.trim() === '' ? undefined : JSON.parse(next))
      setBroken(false)
    } catch {
      setBroken(true)
    }
  }
  return (
    <Textarea
      value={text}
      rows={3}
      placeholder="JSON"
      spellcheck={false}
      ariaRequired={isRequired}
      invalid={isWrong || isBroken}
      onChange={({ detail }) => change(detail.value)}
    />
  )
}

import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { ValueInput } from './inputs.tsx'
import { isSecret, kindOf, labelOf, type Schema } from './schema.ts'
import { listOf, partOf, withPart } from './value.ts'

export type FieldProps = {
  name: string
  schema: Schema
  isRequired: boolean
  value: unknown
  /** JSON pointer of the value. */
  pointer: string
  /** What the API had against it, by pointer. */
  faults: ReadonlyMap<string, string>
  onChange: (value: unknown) => void
}

/** A field for a value of the schema; its parts below it. */
export function Field(props: FieldProps) {
  const { name, schema, isRequired } = props
  if (isSecret(name, schema)) return <NoSecret {...props} />
  const kind = kindOf(schema)
  if (kind === 'list') return <ListField {...props} />
  if (kind !== 'object') return <ValueField {...props} />
  if (!isRequired) return <OptionalPart {...props} />
  return (
    <Container header={<Header variant="h3">{labelOf(name)}</Header>}>
      <Properties {...props} />
    </Container>
  )
}

/** Closed until it is wanted, or something in it is wrong. */
function OptionalPart(props: FieldProps) {
  const [isOpen, open] = useState(false)
  const isWrong = [...props.faults.keys()].some((one) => `${one}/`.startsWith(`${props.pointer}/`))
  return (
    <ExpandableSection
      variant="container"
      headerText={`${labelOf(props.name)} – optional`}
      expanded={isOpen || isWrong}
      onChange={({ detail }) => open(detail.expanded)}
    >
      <Properties {...props} />
    </ExpandableSection>
  )
}

type PropertiesProps = Omit<FieldProps, 'name' | 'isRequired'>

/** The required properties first; the others behind them. */
export function Properties({ schema, value, pointer, faults, onChange }: PropertiesProps) {
  const { properties = {}, required = [] } = schema
  const faultsWithin = spread(faults, pointer, required)
  const entries = Object.entries(properties)
  const ordered = [
    ...entries.filter(([name]) => required.includes(name)),
    ...entries.filter(([name]) => !required.includes(name)),
  ]
  return (
    <SpaceBetween size="m">
      {ordered.map(([name, part]) => (
        <Field
          key={name}
          name={name}
          schema={part}
          isRequired={required.includes(name)}
          value={partOf(value, name)}
          pointer={`${pointer}/${name}`}
          faults={faultsWithin}
          onChange={(next) => onChange(withPart(value, name, next))}
        />
      ))}
    </SpaceBetween>
  )
}

/** An object has no field of its own: what is wrong with it stands at each that it must have. */
function spread(faults: FieldProps['faults'], pointer: string, required: string[]): FieldProps['faults'] {
  const fault = faults.get(pointer)
  if (fault === undefined) return faults
  return new Map([...required.map((name) => [`${pointer}/${name}`, fault] as const), ...faults])
}

function ValueField({ name, schema, isRequired, value, pointer, faults, onChange }: FieldProps) {
  return (
    <FormField
      label={isRequired ? labelOf(name) : `${labelOf(name)} – optional`}
      description={schema.description}
      errorText={faults.get(pointer)}
    >
      <ValueInput {...{ schema, value, isRequired, onChange }} isWrong={faults.has(pointer)} />
    </FormField>
  )
}

function ListField({ name, schema, isRequired, value, pointer, faults, onChange }: FieldProps) {
  const items = listOf(value)
  const shown = items.length === 0 && isRequired ? [undefined] : items
  const change = (at: number, next: unknown): void => onChange(shown.map((one, i) => (i === at ? next : one)))
  return (
    <FormField
      label={isRequired ? labelOf(name) : `${labelOf(name)} – optional`}
      description={schema.description}
      errorText={faults.get(pointer)}
      stretch
    >
      <SpaceBetween size="s">
        {shown.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of a list have nothing else to be told by
          <SpaceBetween key={at} size="xs">
            <Field
              name={`${name} ${at + 1}`}
              schema={schema.items ?? {}}
              isRequired
              value={item}
              pointer={`${pointer}/${at}`}
              faults={faults}
              onChange={(next) => change(at, next)}
            />
            <Button onClick={() => onChange(shown.filter((_, i) => i !== at))}>Remove {at + 1}</Button>
          </SpaceBetween>
        ))}
        <Button iconName="add-plus" onClick={() => onChange([...shown, undefined])}>
          Add to {labelOf(name).toLowerCase()}
        </Button>
      </SpaceBetween>
    </FormField>
  )
}

const NoSecret = ({ name }: FieldProps) => (
  <FormField
    label={labelOf(name)}
    description="Secrets are not typed in here: name a secret of Secrets Manager where the template takes one, or start the job by the API."
  />
)

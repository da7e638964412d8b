import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Form from '@cloudscape-design/components/form'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiProblem } from '#client/problem.ts'
import type { TemplateView } from '#core/api/answers.ts'
import { api } from '../../api/api.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { flash } from '../../app/flashes.ts'
import { jobHref, navigate } from '../../app/location.ts'
import { Properties } from '../../form/fields.tsx'
import type { Schema } from '../../form/schema.ts'
import { filledIn } from '../../form/value.ts'
import { Json } from '../../job/json.tsx'

type Props = { template: TemplateView; onCancel: () => void }

/** Made of the template's input schema; the API checks what is filled in, and its faults stand at their fields. */
export function StartForm({ template, onCancel }: Props) {
  const [value, change] = useState<unknown>({})
  // One key for one form: a second click, or an answer that was lost, starts no second job.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const input = (filledIn(value) ?? {}) as Record<string, unknown>
  const start = useMutation({
    mutationFn: () => api.execute({ template: template.name, input, idempotency_key: key }),
    onSuccess: ({ job_execution_id: id }) => {
      flash({ type: 'success', header: 'The job was started', content: id })
      navigate(jobHref(id).slice(1))
    },
  })
  const edit = (next: unknown): void => {
    change(next)
    setKey(crypto.randomUUID())
  }
  const faults = faultsOf(start.error)
  const form = useRef<HTMLFormElement>(null)
  // The first of what is wrong may be a page above the button that sent it.
  useEffect(() => {
    if (start.error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [start.error])
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
    >
      <Form
        header={<Header variant="h2">Start a job</Header>}
        errorText={start.error && faults.size > 0 && 'Mend the fields that are marked'}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={start.isPending}>
              Start the job
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="m">
          {start.error && <ProblemAlert error={start.error} />}
          {template.input_schema ? (
            <Properties
              schema={template.input_schema as Schema}
              value={value}
              pointer="/input"
              faults={faults}
              onChange={edit}
            />
          ) : (
            <Container>
              <Box variant="p">It takes no input.</Box>
            </Container>
          )}
          <ExpandableSection headerText="The input as JSON">
            <Json value={input} what="the input" />
          </ExpandableSection>
        </SpaceBetween>
      </Form>
    </form>
  )
}

const MISSING = /^must have required property '(.+)'$/

/** A property that is missing is told of the object that lacks it: it stands at its own field. */
function faultsOf(error: Error | null): Map<string, string> {
  if (!(error instanceof ApiProblem)) return new Map()
  return new Map(
    error.errors.map(({ pointer, detail }) => {
      const [, name] = MISSING.exec(detail) ?? []
      return name === undefined ? [pointer, detail] : [`${pointer}/${name}`, 'is missing']
    }),
  )
}

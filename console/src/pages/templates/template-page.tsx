import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import Table, { type TableProps } from '@cloudscape-design/components/table'
import { useMemo } from 'react'
import { useParams } from 'wouter'
import type { TemplateView } from '#core/api/answers.ts'
import { useTemplate } from '../../api/jobs.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { useQueryParameters } from '../../app/location.ts'
import { useIsNarrow } from '../../app/narrow.ts'
import { ChainGraph } from '../../graph/chain-graph.tsx'
import { StartForm } from './start-form.tsx'
import { hasForm, startOf } from './start-places.ts'

type Step = TemplateView['steps'][number]

/** What a template does, where it can be aborted, and a form that starts a job of it. */
export default function TemplatePage() {
  const { name = '' } = useParams()
  const known = decodeURIComponent(name)
  const { data: template, error, refetch } = useTemplate(known)
  const [query, changeQuery] = useQueryParameters()
  const notes = useMemo(() => notesOf(template?.steps ?? []), [template])
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  if (!template) return <Spinner size="large" />
  const isStarting = query.get('start') !== null && hasForm(known)
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'Templates', href: '#/templates' },
          { text: known, href: `#/templates/${known}` },
        ]}
        ariaLabel="Where this page is"
      />
      <Header
        variant="h1"
        description={template.description}
        actions={
          !isStarting && (
            <Button
              variant="primary"
              {...(hasForm(known)
                ? { onClick: () => changeQuery({ start: 'yes' }) }
                : { href: startOf(known).href })}
            >
              {startOf(known).text}
            </Button>
          )
        }
      >
        {known}
      </Header>
      {isStarting && <StartForm template={template} onCancel={() => changeQuery({ start: null })} />}
      <Container header={<Header variant="h2">State machine</Header>}>
        <ChainGraph
          definition={template.definition}
          steps={NONE}
          notes={notes}
          label={`The state machine of ${known}`}
        />
      </Container>
      <StepTable steps={template.steps} />
    </SpaceBetween>
  )
}

const STOPS = {
  checkpoint: 'At its next checkpoint',
  boundary: 'At its end',
  never: 'Cannot be stopped',
  stop: 'With its execution',
} as const

const NONE: readonly never[] = []
const NOTES = {
  checkpoint: 'Stops at a checkpoint',
  boundary: 'Stops at its end',
  never: 'Cannot be stopped',
  stop: 'Stops with its execution',
} as const

const notesOf = (steps: readonly Step[]): Record<string, string> =>
  Object.fromEntries(steps.map(({ name, abortable }) => [name, NOTES[abortable]]))

const COLUMNS: TableProps.ColumnDefinition<Step>[] = [
  {
    id: 'name',
    header: 'Step',
    isRowHeader: true,
    cell: ({ name, mapped }) => (mapped ? `${name} (each item)` : name),
  },
  { id: 'stops', header: 'A graceful abort stops it', cell: ({ abortable }) => STOPS[abortable] },
  { id: 'hooks', header: 'Can be', cell: hooksOf },
  { id: 'stays', header: 'Stays for good', cell: ({ irreversible }) => irreversible ?? '–' },
]

function hooksOf({ hooks }: Step): string {
  if (hooks === null) return 'Not known'
  const words = { abort: 'cleaned up', revert: 'undone' } as const
  return hooks.map((hook) => words[hook]).join(', ') || '–'
}

function StepTable({ steps }: { steps: readonly Step[] }) {
  const isNarrow = useIsNarrow()
  return (
    <Table
      items={steps}
      trackBy="name"
      columnDefinitions={COLUMNS}
      wrapLines
      {...(isNarrow && { visibleColumns: ['name', 'stops'] })}
      ariaLabels={{ tableLabel: 'Where it can be aborted' }}
      header={<Header variant="h2">Where it can be aborted</Header>}
    />
  )
}

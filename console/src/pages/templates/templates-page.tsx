import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Cards from '@cloudscape-design/components/cards'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import type { ListedTemplate } from '#core/api/answers.ts'
import { useTemplates } from '../../api/jobs.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { templateHref } from '../../app/location.ts'
import { startOf } from './start-places.ts'

/** The kinds of jobs that can be started here. */
export default function TemplatesPage() {
  const { data, error, isPending, refetch } = useTemplates()
  return (
    <>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Cards
        variant="full-page"
        items={data?.items ?? []}
        trackBy="name"
        loading={isPending}
        loadingText="Loading the templates"
        header={<Header variant="h1">Templates</Header>}
        ariaLabels={{ itemSelectionLabel: () => '', selectionGroupLabel: 'Templates' }}
        cardDefinition={{
          header: ({ name }) => (
            <Link href={templateHref(name)} fontSize="heading-m">
              {name}
            </Link>
          ),
          sections: [
            { id: 'what', content: ({ description }) => description },
            {
              id: 'steps',
              header: 'Steps',
              content: ({ steps }) => steps.map(({ name }) => name).join(', '),
            },
            { id: 'modes', header: 'Can be aborted', content: modesOf },
            {
              id: 'start',
              content: ({ name }) => <Button href={startOf(name).href}>{startOf(name).text}</Button>,
            },
          ],
        }}
        cardsPerRow={[{ cards: 1 }, { minWidth: 700, cards: 2 }]}
        empty={<Box variant="p">No template is deployed.</Box>}
      />
    </>
  )
}

const WORDS = { graceful: 'gracefully', force: 'by force' } as const
const modesOf = ({ abort_modes }: ListedTemplate): string =>
  abort_modes.map((mode) => WORDS[mode]).join(' or ') || 'not at all'

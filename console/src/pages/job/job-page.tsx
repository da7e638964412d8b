import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useCallback, useMemo, useState } from 'react'
import { useParams } from 'wouter'
import type { JobView } from '#core/api/answers.ts'
import type { AbortMode } from '#core/job/job.ts'
import { AbortDialog } from '../../abort/abort-dialog.tsx'
import { useDefinition, useJob } from '../../api/jobs.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'
import { useQueryParameters } from '../../app/location.ts'
import { useShortcuts } from '../../app/shortcuts.ts'
import { ChainGraph } from '../../graph/chain-graph.tsx'
import { Banner } from './banner.tsx'
import { Facts } from './facts.tsx'
import { JobHeader } from './job-header.tsx'
import { JobTabs } from './job-tabs.tsx'
import { useSteps } from './steps.ts'

export default function JobPage() {
  const { id = '' } = useParams()
  const known = decodeURIComponent(id)
  const { data: job, error, refetch } = useJob(known)
  return (
    <SpaceBetween size="l">
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {job && <Job key={known} job={job} />}
      {!job && !error && (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" />
        </Box>
      )}
    </SpaceBetween>
  )
}

function Job({ job }: { job: JobView }) {
  const id = job.job_execution_id
  const [aborting, abort] = useState<AbortMode | null>(null)
  const [, changeQuery] = useQueryParameters()
  const openItems = useCallback((step: string) => changeQuery({ tab: 'steps', step }), [changeQuery])
  const definition = useDefinition(id).data
  const steps = useSteps(job)
  const canAbort = job.supported_abort_modes.some(({ supported }) => supported)
  useShortcuts(useMemo(() => ({ a: () => canAbort && abort('graceful') }), [canAbort]))
  return (
    <SpaceBetween size="l">
      <JobHeader job={job} canAbort={canAbort} onAbort={() => abort('graceful')} />
      <Banner job={job} onForce={() => abort('force')} />
      <Facts job={job} />
      {definition?.definition && (
        <Container header={<GraphHeader source={definition.source} />}>
          <ChainGraph
            definition={definition.definition}
            steps={steps.steps}
            isPartial={steps.isPartial}
            label="The state machine, and how far it is"
            onOpen={openItems}
          />
        </Container>
      )}
      <JobTabs job={job} steps={steps} />
      {aborting && <AbortDialog id={id} mode={aborting} onClose={() => abort(null)} />}
    </SpaceBetween>
  )
}

function GraphHeader({ source }: { source: 'execution' | 'template' | null }) {
  const description =
    source === 'template' ? 'As its template is deployed now: its execution is not known.' : undefined
  return (
    <Header variant="h2" {...(description && { description })}>
      State machine
    </Header>
  )
}

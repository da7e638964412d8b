import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { JobView } from '#core/api/answers.ts'
import { executionUrl } from '../../job/aws-links.ts'
import { lastOf } from '../../job/names.tsx'

type Props = { job: JobView; canAbort: boolean; onAbort: () => void }

export function JobHeader({ job, canAbort, onAbort }: Props) {
  const { job_execution_id: id, template } = job
  const url = executionUrl(job.execution_arn)
  return (
    <SpaceBetween size="xs">
      <BreadcrumbGroup
        items={[
          { text: 'Jobs', href: '#/jobs' },
          { text: id.length > 16 ? `…${lastOf(id)}` : id, href: `#/jobs/${id}` },
        ]}
        ariaLabel="Where this page is"
      />
      <Header
        variant="h1"
        description={
          <CopyToClipboard
            variant="inline"
            textToDisplay={<span className="id id-long">{id}</span>}
            textToCopy={id}
            copyButtonAriaLabel="Copy the id"
            copySuccessText="Copied"
            copyErrorText="Could not be copied"
          />
        }
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {url && (
              <Button href={url} target="_blank" iconName="external" iconAlign="right">
                Execution in AWS
              </Button>
            )}
            <Button
              variant="primary"
              onClick={onAbort}
              disabled={!canAbort}
              disabledReason={job.supported_abort_modes.find(({ reason }) => reason)?.reason ?? ''}
            >
              Abort
            </Button>
          </SpaceBetween>
        }
      >
        {template}
      </Header>
    </SpaceBetween>
  )
}

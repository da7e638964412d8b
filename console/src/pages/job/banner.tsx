import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { type AbortPhase, abortPhase } from '#core/abort/phase.ts'
import type { JobView } from '#core/api/answers.ts'
import type { AbortRequestView } from '#core/api/parts.ts'
import { whoOf } from '../../job/names.tsx'
import { span, useNow } from '../../job/time.tsx'
import { RepeatCleanUp } from './repeat-clean-up.tsx'

/** What is special about a job right now: that it is being cancelled, and how far; or what it failed of. */
export function Banner({ job, onForce }: { job: JobView; onForce: () => void }) {
  const phase = abortPhase(job)
  if (phase && job.abort_request)
    return <Cancelling {...{ job, phase, onForce }} request={job.abort_request} />
  if (job.state !== 'FAILED' || !job.fault) return null
  const { exception, exception_message, module_name } = job.fault
  return (
    <Alert
      type="error"
      header={job.abort_request ? 'The abort could not clean up everything' : `Failed in ${module_name}`}
      action={job.left_behind.length > 0 && <RepeatCleanUp job={job} />}
    >
      <b>{exception}:</b> {exception_message}
    </Alert>
  )
}

type Props = { job: JobView; phase: AbortPhase; request: AbortRequestView; onForce: () => void }

const HOW = { graceful: 'gracefully', force: 'by force' } as const

function Cancelling({ job, phase, request, onForce }: Props) {
  const canForce = job.supported_abort_modes.some(({ mode, supported }) => mode === 'force' && supported)
  return (
    <Alert
      type="warning"
      header={`Being cancelled ${HOW[request.mode]}`}
      action={canForce && <Button onClick={onForce}>Force instead</Button>}
    >
      <Phases phase={phase} />
      <Box variant="p">
        Requested by {whoOf(request.requested_by)}
        {request.reason ? `: ${request.reason}` : ', who gave no reason'}
      </Box>
    </Alert>
  )
}

const ORDER = ['draining', 'cleaning-up', 'settling'] as const

function Phases({ phase }: { phase: AbortPhase }) {
  const at = ORDER.indexOf(phase.name)
  const words = {
    draining: phase.name === 'draining' ? <Draining awaited={phase.awaited} /> : 'Drained',
    'cleaning-up': phase.name === 'cleaning-up' ? `Cleaning up ${phase.done} of ${phase.total}` : 'Clean-up',
    settling: 'Settling',
  }
  return (
    <ol className="phases" aria-live="polite">
      {ORDER.map((name, i) => (
        <li key={name} aria-current={i === at ? 'step' : undefined}>
          <StatusIndicator type={i < at ? 'success' : i === at ? 'loading' : 'pending'}>
            {words[name]}
          </StatusIndicator>
        </li>
      ))}
    </ol>
  )
}

const MOST_NAMED = 3

function Draining({ awaited }: { awaited: Extract<AbortPhase, { name: 'draining' }>['awaited'] }) {
  const now = useNow()
  if (awaited.length === 0) return <>Stopping the execution</>
  const names = awaited.slice(0, MOST_NAMED).map(({ step }) => step)
  const more = awaited.length > MOST_NAMED ? ` and ${awaited.length - MOST_NAMED} more` : ''
  const until = awaited
    .flatMap((one) => one.until ?? [])
    .sort()
    .at(-1)
  const left = until ? Date.parse(until) - now : null
  return (
    <>
      Draining: waits for {names.join(', ')}
      {more}
      {left !== null && left > 0 && `, ${span(left)} at most`}
    </>
  )
}

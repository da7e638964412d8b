import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import { ApiProblem, ApiUnreachable } from '#client/problem.ts'

type Props = { error: Error; onRetry?: () => void }

/** What went wrong, in the API's words. */
export function ProblemAlert({ error, onRetry }: Props) {
  return (
    <Alert
      type="error"
      header={titleOf(error)}
      action={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      <Detail error={error} />
    </Alert>
  )
}

function titleOf(error: Error): string {
  if (error instanceof ApiProblem) return error.title
  return error instanceof ApiUnreachable ? 'The API does not answer' : 'Something went wrong'
}

function Detail({ error }: Props) {
  if (error instanceof ApiUnreachable)
    return <>It was stopped, or the network is away. What is shown is what was last heard.</>
  if (!(error instanceof ApiProblem)) return <>{error.message}</>
  if (error.errors.length === 0) return <>{error.detail}</>
  return (
    <ul>
      {error.errors.map(({ pointer, detail }) => (
        <li key={`${pointer} ${detail}`}>
          <code>{pointer || '/'}</code> {detail}
        </li>
      ))}
    </ul>
  )
}

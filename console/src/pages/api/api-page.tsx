import 'swagger-ui-dist/swagger-ui.css'
import './api-page.css'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import { ProblemAlert } from '../../api/problem-alert.tsx'

async function read(signal: AbortSignal): Promise<object> {
  const answer = await fetch(new URL('openapi.json', document.baseURI), { signal })
  if (!answer.ok) throw new Error(`the API answered ${answer.status} where its description should be`)
  return answer.json()
}

/** The API's own description of itself, drawn without asking anybody else. */
export default function ApiPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => read(signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="OpenAPI 3.1, as the API itself answers it at /openapi.json.">
        API
      </Header>
      {error && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Spinner size="large" />}
      {data && <Description spec={data} />}
    </SpaceBetween>
  )
}

function Description({ spec }: { spec: object }) {
  const frame = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (frame.current) SwaggerUi({ spec, domNode: frame.current, deepLinking: false, validatorUrl: null })
  }, [spec])
  return <div ref={frame} className="openapi" />
}

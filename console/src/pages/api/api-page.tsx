import 'swagger-ui-dist/swagger-ui.css'
import './api-page.css'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useEffect, useRef } from 'react'
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import { useDocument } from '../../api/documents.ts'
import { ProblemAlert } from '../../api/problem-alert.tsx'

/** The API's own description of itself, drawn without asking anybody else. */
export default function ApiPage() {
  const { data, error, refetch } = useDocument<object>('openapi.json')
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

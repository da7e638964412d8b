import { useQuery } from '@tanstack/react-query'

async function read<Document>(name: string, signal: AbortSignal): Promise<Document> {
  const answer = await fetch(new URL(name, document.baseURI), { signal })
  if (!answer.ok) throw new Error(`the API answered ${answer.status} where ${name} should be`)
  return answer.json() as Promise<Document>
}

/** What the API says of itself. */
export const useDocument = <Document>(name: 'openapi.json' | 'asyncapi.json') =>
  useQuery({
    queryKey: ['document', name],
    queryFn: ({ signal }) => read<Document>(name, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })

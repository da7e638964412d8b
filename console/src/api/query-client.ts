import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from '#client/problem.ts'

/** A refusal stays one; that nobody answered, or a fault of the other side, may pass. */
const mayPass = (error: Error): boolean => !(error instanceof ApiProblem) || error.status >= 500

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => mayPass(error) && count < 1,
      retryDelay: 700,
      staleTime: 1_000,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

import { actionPlanCalls } from './action-plans.ts'
import { Http, type HttpOptions } from './http.ts'
import { jobCalls } from './jobs.ts'
import { nodeCalls } from './nodes.ts'
import { templateCalls } from './templates.ts'

export type Client = ReturnType<typeof createClient>

/**
 * The HTTP API, typed. It runs in Node and in a browser; on AWS `fetch` has to sign.
 *
 * @example
 * const client = createClient({ endpoint: 'http://127.0.0.1:4000' })
 * const { job_execution_id } = await client.execute({ template: 'object-migration', input })
 * await client.abort(job_execution_id, { mode: 'graceful', reason: 'wrong bucket' })
 */
export function createClient(options: HttpOptions) {
  const http = new Http(options)
  return {
    ...jobCalls(http),
    ...templateCalls(http),
    nodes: nodeCalls(http),
    actionPlans: actionPlanCalls(http),
  }
}

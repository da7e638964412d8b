import { createHttpApi } from '#local/http-api/http-api.ts'
import type { StaticFiles } from '#local/http-api/static-files.ts'
import { openListener } from '#local/runtime/listener.ts'
import type { InvokeResult } from '#local/types.ts'

const log = (): void => undefined
const ROUTE = { functionName: 'f', payloadFormatVersion: '2.0' }

export type StartedApi = Awaited<ReturnType<typeof startApi>>

/** An HTTP API of some routes on a free port; its function answers what it is told to, and keeps what it got. */
export async function startApi(files?: StaticFiles, keys = ['POST /jobs/{id}/abort', 'GET /jobs']) {
  const events: Record<string, unknown>[] = []
  let stopping = false
  let answer = (): InvokeResult => ({ payload: { statusCode: 200, body: 'ok' } })
  const lambda = {
    async invoke(_: string, event: unknown) {
      events.push(event as Record<string, unknown>)
      return answer()
    },
  }
  const routes = keys.map((routeKey) => ({ routeKey, ...ROUTE }))
  const api = { id: 'api', name: 'api', stage: '$default', routes }
  const listener = await openListener({ port: 0, setting: 'PORT', log })
  listener.serve(createHttpApi({ api, lambda, files, log, stopping: () => stopping }))
  return {
    url: listener.url,
    events,
    answer(payload: unknown) {
      answer = () => ({ payload })
    },
    answerWith(next: () => InvokeResult) {
      answer = next
    },
    stop() {
      stopping = true
    },
    close: () => listener.close(),
  }
}

import type { ActionOf } from '#functions/steps/action-plan/actions/action.ts'
import type { HttpCheckpoint } from '#functions/steps/action-plan/http/checkpoint.ts'
import { noParts } from './action-run.ts'
import { FakeService, type Replying } from './fake-service.ts'

export type Given = ActionOf<'http'>['input_parameters']

export const move = (more: Partial<Given> = {}): ActionOf<'http'> => ({
  uuid: 'a-1',
  action_type: 'http',
  input_parameters: {
    start: { url: 'https://nova.example/moves', body: { to: 'h2' } },
    status: {
      url: '{location}',
      state: '/move/state',
      done: ['DONE', 'COMPLETED'],
      failed: ['ERROR'],
      cancelled: ['CANCELLED'],
    },
    abort: { url: 'https://nova.example/moves/{/id}' },
    ...more,
  },
})
export const FIXED: Partial<Given> = {
  status: { ...move().input_parameters.status!, url: 'https://nova.example/moves/m%2F1' },
  abort: { url: 'https://nova.example/moves/m%2F1' },
}

export type Case = { states?: string[]; replies?: Record<string, Replying[]>; aborted?: string }

export function serving({ states = ['RUNNING', 'DONE'], replies = {}, aborted = 'CANCELLED' }: Case = {}) {
  const service = new FakeService()
  service.states = [...states]
  service.aborted = aborted
  for (const [what, list] of Object.entries(replies)) service.replies.set(what, [...list])
  let now = 1_000_000
  const parts = noParts({
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds
    },
    web: service.web,
  })
  return { service, parts }
}

export const START = 'POST /moves'
export const STATUS = 'GET /moves/m%2F1'
export const ABORT = 'DELETE /moves/m%2F1'

export const kept = (more: Partial<HttpCheckpoint> = {}, given: Partial<Given> = {}): HttpCheckpoint => ({
  action_type: 'http',
  action: move(given),
  began: 1_000_000,
  phase: 'started',
  values: { location: '/moves/m%2F1', '/id': 'm/1' },
  aborted_at: null,
  end: null,
  ...more,
})

import type { Page } from 'playwright-core'
import type { DefinitionView, JobView, StepList, StepView } from '#core/api/answers.ts'
import { viewJob, viewStep } from '#core/api/job-view.ts'
import { JOBS, NOW, stepIn } from '../core/samples.ts'

export const ITEMS = 5_000
const PAGE = 100

const step = (index: number): StepView =>
  viewStep(stepIn('SUCCEEDED', { name: 'copy', index, order: 1 }), JOBS.ONGOING!, NOW)

function job(): JobView {
  const steps = Array.from({ length: 1_000 }, (_, index) =>
    stepIn('SUCCEEDED', { name: 'copy', index, order: 1 }),
  )
  const view = viewJob(JOBS.ONGOING!, { steps, moreSteps: true, template: null, now: NOW })
  return { ...view, job_execution_id: 'big' }
}

function pageFrom(query: URLSearchParams): StepList {
  if (query.has('updated_after')) return { items: [], next_token: null }
  const from = Number(query.get('next_token') ?? 0)
  const items = Array.from({ length: PAGE }, (_, i) => step(from + i))
  return { items, next_token: from + PAGE < ITEMS ? String(from + PAGE) : null }
}

const DEFINITION: DefinitionView = {
  job_execution_id: 'big',
  source: 'execution',
  state_machine_arn: 'arn',
  definition: {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        End: true,
        ItemProcessor: { StartAt: 'copy', States: { copy: { Type: 'Task', End: true, step: 'copy' } } },
      },
    },
  },
}

/** The API's answers about a job of very many items, which nothing here could run in time. */
export async function bigJob(page: Page): Promise<void> {
  const json = JSON.stringify(job())
  await page.route('**/jobs/big', (route) => route.fulfill({ contentType: 'application/json', body: json }))
  await page.route('**/jobs/big/definition', (route) => route.fulfill({ json: DEFINITION }))
  await page.route('**/jobs/big/events*', (route) => route.fulfill({ json: { items: [], next_token: null } }))
  await page.route('**/jobs/big/steps?*', (route) =>
    route.fulfill({ json: pageFrom(new URL(route.request().url()).searchParams) }),
  )
}

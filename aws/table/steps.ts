import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import type { Time } from '#core/job/job.ts'
import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import { applyEvent } from '#engine/apply.ts'
import type { Page, StepOutcome, StepPageQuery, Steps } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { STEP_PREFIX, stepKey } from './keys.ts'
import { childPlaces, queryPage } from './pages.ts'
import { childrenQuery, pagesOf, recordAt, type TableAccess } from './records.ts'

export class TableSteps implements Steps {
  private readonly table: TableAccess

  constructor(table: TableAccess) {
    this.table = table
  }

  get(key: StepKey): Promise<Step | undefined> {
    return recordAt<Step>(this.table, stepKey(key)).read()
  }

  async list(jobId: string): Promise<Step[]> {
    const steps: Step[] = []
    for await (const page of pagesOf(this.table, childrenQuery(jobId, STEP_PREFIX))) {
      for (const item of page) steps.push(decode<Step>(item))
    }
    return steps
  }

  async page(jobId: string, { after, limit, updated_after }: StepPageQuery): Promise<Page<Step>> {
    const query = writtenAfter(updated_after, childrenQuery(jobId, STEP_PREFIX))
    const { items, next } = await queryPage(this.table, { query, after, limit, ...childPlaces(jobId) })
    return { items: items.map((item) => decode<Step>(item)), next }
  }

  async latest(jobId: string, limit: number): Promise<Step[]> {
    const query = { ...childrenQuery(jobId, STEP_PREFIX), ScanIndexForward: false }
    const { items } = await queryPage(this.table, { query, after: undefined, limit, ...childPlaces(jobId) })
    return items.map((item) => decode<Step>(item)).reverse()
  }

  apply(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome> {
    return applyEvent(recordAt<Step>(this.table, stepKey(key)), (step) => nextStep(step, event), guess)
  }
}

const writtenAfter = (
  time: Time | undefined,
  query: Partial<QueryCommandInput>,
): Partial<QueryCommandInput> =>
  time === undefined
    ? query
    : {
        ...query,
        FilterExpression: 'updated_at > :time',
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':time': { S: time } },
      }

import { nextStep, type StepEvent } from '#core/step/reducer.ts'
import type { Step, StepKey } from '#core/step/step.ts'
import { applyEvent } from '#engine/apply.ts'
import type { StepOutcome, Steps } from '#engine/ports.ts'
import { decode } from './codec.ts'
import { STEP_PREFIX, stepKey } from './keys.ts'
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

  apply(key: StepKey, event: StepEvent, guess?: Step): Promise<StepOutcome> {
    return applyEvent(recordAt<Step>(this.table, stepKey(key)), (step) => nextStep(step, event), guess)
  }
}

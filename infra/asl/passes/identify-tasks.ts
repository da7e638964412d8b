import { taskMark } from '../definition.ts'
import type { Pass } from '../pass.ts'
import { changeTasks, withMark } from '../rewrite.ts'

/** From the context object, by the names that StepPayload has for them. */
export const EXECUTION = {
  'job_execution_id.$': '$$.Execution.Name',
  'execution_arn.$': '$$.Execution.Id',
  'execution_started_at.$': '$$.Execution.StartTime',
}

/** Marks each task with the template and the execution that it runs for. */
export const identifyTasks: Pass = (definition, { template }) =>
  changeTasks(definition, (state) =>
    withMark(state, { template: template.name, ...taskMark(state), ...EXECUTION }),
  )

import { defineHooks } from 'standdown'
import { removeBelow } from './store.ts'

/** What Glue had written of the model, when it was stopped. */
export const handler = defineHooks({
  name: 'train',
  abort: ({ job }) => removeBelow(`model/${job.job_execution_id}/`),
})

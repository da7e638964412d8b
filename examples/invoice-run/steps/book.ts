import { defineStep, type JobInfo } from 'standdown'
import { put, removeBelow } from './store.ts'

const entryOf = ({ job_execution_id }: JobInfo): string => `ledger/${job_execution_id}`

export const handler = defineStep({
  name: 'book',
  abortable: 'never',
  async run({ month }: { month: string }, { job }) {
    await put(entryOf(job), month)
    return { entry: entryOf(job) }
  },
  // A run that was cut off may have booked, and not told.
  abort: ({ job }) => removeBelow(entryOf(job)),
  revert: ({ job }) => removeBelow(entryOf(job)),
})

import { defineStep, type JobInfo } from '#sdk/index.ts'
import type { ReportInput } from './template.ts'

type Sum = { next: number; sum: number }

const inputOf = ({ input }: JobInfo): ReportInput => input as ReportInput

/** Its name is not that of its file: the chain takes the one that it gives itself. */
export const handler = defineStep<unknown, { sum: number }, Sum>({
  name: 'collect-figures',
  abortable: 'checkpoint',
  async run(_input, { job, checkpoint, resumeFrom }) {
    const { figures } = inputOf(job)
    let { next, sum } = resumeFrom ?? { next: 0, sum: 0 }
    for (; next < figures.length; next += 1) {
      await checkpoint({ next, sum })
      sum += figures[next] ?? 0
    }
    return { sum }
  },
})

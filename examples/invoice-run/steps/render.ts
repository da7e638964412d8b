import { setTimeout as pause } from 'node:timers/promises'
import { defineStep, type JobInfo, type RunTools } from 'standdown'
import { put, removeBelow } from './store.ts'

const PAGES = 3
type Child = { index: number; item: { id: string; every_ms: number } }

const folderOf = ({ job_execution_id }: JobInfo, index: unknown): string =>
  `pages/${job_execution_id}/${index}/`

export const handler = defineStep({
  name: 'render',
  abortable: 'checkpoint',
  async run({ item }: Child, { checkpoint, progress, resumeFrom, signal, job, index }: RunTools<number>) {
    for (let page = resumeFrom ?? 0; page < PAGES; page += 1) {
      await pause(item.every_ms, undefined, { signal })
      await put(`${folderOf(job, index)}${page}`, `page ${page} of ${item.id}`, signal)
      progress({ done: page + 1, total: PAGES, unit: 'pages' })
      await checkpoint(page + 1)
    }
    return { id: item.id, pages: PAGES }
  },
  abort: ({ job, index }) => removeBelow(folderOf(job, index)),
  revert: ({ job, index }) => removeBelow(folderOf(job, index)),
})

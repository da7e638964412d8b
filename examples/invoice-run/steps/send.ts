import { setTimeout as pause } from 'node:timers/promises'
import { defineStep, type RunTools } from 'standdown'
import { put } from './store.ts'

type Sending = { invoices: { id: string }[]; every_ms: number }

/** A mail is sent whole or not at all, and what was sent stays sent: nothing to clean up, and nothing to undo. */
export const handler = defineStep({
  name: 'send',
  abortable: 'checkpoint',
  irreversible: 'mails that were sent stay sent',
  async run({ invoices, every_ms }: Sending, tools: RunTools<number>) {
    const { checkpoint, pointOfNoReturn, progress, resumeFrom, signal, job } = tools
    for (let sent = resumeFrom ?? 0; sent < invoices.length; sent += 1) {
      await pause(every_ms, undefined, { signal })
      await pointOfNoReturn() // throws where the job is being aborted by now
      await put(`outbox/${job.job_execution_id}/${invoices[sent]?.id}`, 'a mail')
      progress({ done: sent + 1, total: invoices.length, unit: 'mails' })
      await checkpoint(sent + 1)
    }
    return { mails: invoices.length }
  },
})

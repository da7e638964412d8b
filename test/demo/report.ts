import { styleText } from 'node:util'
import type { JobView } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'

type Progress = NonNullable<JobView['progress']>

/** `3 of 5 bytes, 1 of 2 objects`; `3 bytes` while nobody knows how many there will be. */
export const inWords = ({ also, ...measure }: Progress) =>
  [measure, ...(also ? [also] : [])].map(measured).join(', ')

const measured = ({ done, total, unit }: Omit<Progress, 'also'>) =>
  total === null ? `${done} ${unit}` : `${done} of ${total} ${unit}`

/** What the demo tells, and whether all of it was as it should be. */
export class Report {
  #failures: string[] = []
  #checks = 0

  chapter(title: string): void {
    console.log(`\n${styleText('bold', title)}`)
  }

  say(line: string): void {
    console.log(`  ${line}`)
  }

  check(claim: string, holds: boolean): void {
    this.#checks += 1
    if (!holds) this.#failures.push(claim)
    console.log(holds ? `  ${styleText('green', 'yes')}  ${claim}` : `  ${styleText('red', 'NO')}   ${claim}`)
  }

  steps({ steps, state, abort_request }: JobView): void {
    const how = abort_request ? `, ${abort_request.mode}, by ${abort_request.requested_by}` : ''
    this.say(`job is ${state}${how}`)
    for (const step of steps) {
      const name = step.index === null ? step.name : `${step.name}[${step.index}]`
      const done = step.progress ? inWords(step.progress) : ''
      const cleaned = step.cleaned_up ? 'cleaned up' : ''
      this.say(`  ${name.padEnd(18)} ${step.state.padEnd(10)} ${cleaned.padEnd(11)}${done}`)
    }
  }

  notifications(events: Notification[]): void {
    this.say(`${events.length} notifications`)
    for (const { timestamp, event_type, sequence, payload } of events) {
      const { step, state } = payload.data
      const index = step?.index === null || step === null ? '' : `[${step.index}]`
      const whom = step ? `${step.name}${index}` : 'the job'
      this.say(
        `  ${timestamp.slice(11, 23)} ${event_type.padEnd(20)} ${sequence}  ${whom.padEnd(18)} ${state}`,
      )
    }
  }

  /** True when every claim held. */
  conclude(): boolean {
    const failed = this.#failures.length
    const text =
      failed === 0 ? `all ${this.#checks} claims hold` : `${failed} of ${this.#checks} claims do not hold`
    console.log(`\n${styleText(failed === 0 ? 'green' : 'red', text)}`)
    for (const failure of this.#failures) console.log(`  ${failure}`)
    return failed === 0
  }
}

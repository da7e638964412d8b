import { defineStep } from 'standdown'
import type { StepFunction, Steps } from 'standdown/cdk'

// What the types of steps promise to who chains them. `npm run types` checks this file and nothing runs it.

const load = defineStep({
  name: 'load',
  abortable: 'boundary',
  run: async (_input: { month: string }) => ({ invoices: ['a'] }),
})
const render = defineStep({
  name: 'render',
  abortable: 'checkpoint',
  run: async (input: { invoices: string[] }) => ({ pages: input.invoices.length }),
})
const send = defineStep({
  name: 'send',
  abortable: 'checkpoint',
  run: async (input: { pages: number }) => ({ sent: input.pages }),
})

declare const steps: Steps
declare const loading: StepFunction<typeof load>
declare const rendering: StepFunction<typeof render>
declare const sending: StepFunction<typeof send>
declare const untold: StepFunction

steps.task(loading)
steps.task(untold)
steps.sequence(loading, rendering, sending)
// One whose handler's type is not told takes anything, and what it answers is not known.
steps.sequence(loading, untold)

// @ts-expect-error: send takes pages, and load answers invoices
steps.sequence(loading, sending)
// @ts-expect-error: the last but one, too
steps.sequence(loading, rendering, rendering)

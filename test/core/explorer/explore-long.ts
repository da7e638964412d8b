import { explore } from './explore.ts'
import type { Model } from './model.ts'
import { modelOf } from './shapes.ts'

// The models that take minutes: `npm run explore`. Ends with an error where an invariant breaks.

const started = { started: true }
const boundary = { abortable: 'boundary' as const }

const LONG: [string, Model][] = [
  [
    'a step that stops at its end, out of time, under both aborts',
    modelOf('pair', { graceful: 1, force: 1, outOfTime: 1 }, { ...started, ...boundary }),
  ],
  [
    'a process that stands still, and a crash, in parallel branches',
    modelOf('pair', { graceful: 1, freeze: 1, crash: 1 }, started),
  ],
  [
    'two sweepers at once, a killed stand-down and a lost event',
    modelOf('one', { force: 1, kill: 1, sweep: 2, lostEvent: 1 }, started),
  ],
  [
    'a deadline, a crash and a sweep in parallel branches',
    modelOf('pair', { graceful: 1, due: 1, sweep: 1, crash: 1 }, { ...started, deadline: true }),
  ],
  [
    'an execution started past the API, a sweep beside it',
    modelOf('pair', { force: 1, consoleStop: 1, sweep: 1 }, { adopted: true }),
  ],
  [
    'abandoned siblings of a caught failure, a sweep beside them',
    modelOf('pair', { failure: 1, crash: 1, hookCrash: 1, sweep: 1 }, { ...started, caught: true }),
  ],
  [
    'tasks that are not ours, under both aborts, and a crash',
    modelOf('two', { graceful: 1, force: 1, crash: 1 }, { ...boundary, external: true }),
  ],
  [
    'repeated clean-ups that hand over and are killed, a sweep beside them',
    modelOf('one', { force: 1, hookFailure: 2, again: 1, kill: 2, handOver: 1, sweep: 1 }, started),
  ],
]

let total = 0
for (const [title, model] of LONG) {
  const begun = Date.now()
  const { states, resting, queue, violation, trace } = explore(model)
  if (violation) throw new Error(`${title}: ${violation.message}\n${trace.join('\n')}`)
  const seconds = ((Date.now() - begun) / 1000).toFixed(0)
  console.log(`${title}: ${states} states, ${queue} in the queue, ${resting} at rest, ${seconds} s`)
  total += states
}
console.log(`${total} states in all, no invariant broke`)

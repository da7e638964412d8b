import type { JobView } from '#core/api/answers.ts'
import type { Notification } from '#core/notifications/schemas.ts'
import { notificationFaults } from '#test/contract/asyncapi-check.ts'
import { isWhole, lineOf } from '#test/core/notifications/history.ts'
import { type Mark, marksOf } from './lab.ts'
import type { Deployment } from './open-deployment.ts'

type History = { view: JobView; events: Notification[]; marks: Mark[]; execution: string }
type Check = (history: History) => string[]

/** What is wrong with a finished job's recorded history: one line each, with the number of the invariant, if it has one. */
export async function faultsOf(deployment: Deployment, jobId: string): Promise<string[]> {
  const view = await deployment.api.settled(jobId)
  const [events, marks, { status }] = await Promise.all([
    deployment.api.notified(jobId),
    marksOf(deployment, jobId),
    deployment.execution(jobId),
  ])
  const history = { view, events, marks, execution: status }
  return CHECKS.flatMap((check) => check(history)).map((fault) => `${fault} (${view.template} ${jobId})`)
}

const subjectOf = ({ payload }: Notification): string => {
  const { step } = payload.data
  return step ? `${step.order}#${step.name}#${step.index ?? ''}` : 'job'
}

const bySubject = (events: Notification[]): Map<string, Notification[]> => Map.groupBy(events, subjectOf)
const sentBy = (events: Notification[]): string => lineOf(events.map(({ event_type }) => event_type))

const wellFormed: Check = ({ events }) => events.flatMap(notificationFaults)

/** I12: one start, then one end or error; so for each repeated clean-up. */
const inOrder: Check = ({ events }) =>
  [...bySubject(events)].flatMap(([subject, own]) => {
    const kind = subject === 'job' ? 'job' : 'step'
    return isWhole(kind, sentBy(own)) ? [] : [`I12 ${subject} was notified as ${sentBy(own)}`]
  })

/** I12: strictly +1, from 1. */
const numbered: Check = ({ events }) =>
  [...bySubject(events)].flatMap(([subject, own]) => {
    const numbers = own.map(({ sequence }) => sequence)
    return numbers.every((number, i) => number === i + 1) ? [] : [`I12 ${subject} counts ${numbers}`]
  })

/** `GET /jobs/{id}/events` answers them as they happened. */
const oldestFirst: Check = ({ events }) =>
  events.every((event, i) => i === 0 || event.timestamp >= events[i - 1]!.timestamp)
    ? []
    : ['the notifications are not in the order of time']

/** I10, I11: at rest, the execution has ended as the job has. */
const atRest: Check = ({ view, execution }) => {
  const succeeded = view.state === 'SUCCEEDED'
  const fits = succeeded ? execution === 'SUCCEEDED' : execution !== 'RUNNING' && execution !== 'SUCCEEDED'
  return fits ? [] : [`I10 the job is ${view.state}, its execution ${execution}`]
}

/** No step stays open when its job has ended; of one that failed those are shown that it never reached. */
const closed: Check = ({ view }) =>
  view.steps
    .filter(({ state }) => state === 'ONGOING' || state === 'CANCELLING' || state === 'PENDING')
    .filter(({ attempt }) => view.state !== 'FAILED' || attempt > 0)
    .map(({ name, state }) => `${name} is ${state} though the job has ended`)

/** I3: after duplicates are folded there is one terminal notification; a repeated clean-up has its own. */
const oneEnd: Check = ({ events }) => {
  const ids = new Set(events.map(({ message_id }) => message_id))
  const ends = events.filter(({ event_type }) => /^job\.(?!cleanup).*\.(end|error)$/.test(event_type))
  return [
    ...(ids.size === events.length ? [] : ['I3 a message id was given twice']),
    ...(ends.length === 1 ? [] : [`I3 the job ended ${ends.length} times`]),
  ]
}

/** The last word about each subject is the state that the API shows. */
const rebuilds: Check = ({ view, events }) =>
  [...bySubject(events)].flatMap(([subject, own]) => {
    const last = own.at(-1)!.payload.data
    const shown = last.step
      ? view.steps.find((step) => step.name === last.step?.name && step.index === last.step.index)
      : view
    return shown?.state === last.state ? [] : [`${subject} is notified ${last.state}, shown ${shown?.state}`]
  })

/** I4: accepted means never SUCCEEDED; I15: no cancellation without a request. */
const accepted: Check = ({ view }) => [
  ...(view.abort_request && view.state === 'SUCCEEDED' ? ['I4 an accepted abort ended SUCCEEDED'] : []),
  ...(view.state === 'CANCELLED' && !view.abort_request ? ['I15 cancelled without a request'] : []),
]

/** I5: the mode only rises. */
const rising: Check = ({ events }) => {
  const modes = events
    .filter((event) => subjectOf(event) === 'job')
    .map(modeOf)
    .filter(Boolean)
  return modes.every((mode, i) => i === 0 || mode === 'force' || modes[i - 1] === 'graceful')
    ? []
    : [`I5 the mode went ${modes}`]
}

const modeOf = ({ payload }: Notification): string | undefined => payload.data.abort_request?.mode

/** I6: only claimed steps are cleaned up, and later ones first. */
const cleanedBackwards: Check = ({ events }) => {
  const cleaned = events
    .filter(({ event_type }) => event_type === 'step.cancel.end')
    .map(({ payload }) => payload.data.step!)
    .filter((step) => step.cleaned_up)
  const unclaimed = cleaned.filter((step) => step.attempt === 0).map((step) => step.name)
  const backwards = cleaned.every((step, i) => i === 0 || step.order <= cleaned[i - 1]!.order)
  return [
    ...unclaimed.map((name) => `I6 ${name} was cleaned up but never claimed`),
    ...(backwards ? [] : [`I6 cleaned up in the order ${cleaned.map((step) => step.order)}`]),
  ]
}

const isHook = ({ what }: Mark): boolean => what === 'abort' || what === 'revert'
const stepOf = ({ step, index }: Mark): string => `${step}[${index}]`

/** I6: no hook ran for a step that never began; one that may fail is tried again, another runs once. */
const hooksOnce: Check = ({ view, marks }) => {
  const began = new Set(marks.filter(({ what }) => what.startsWith('run-start')).map(stepOf))
  const failed = new Set(view.steps.filter(({ state }) => state === 'FAILED').map(({ name }) => name))
  const hooks = marks.filter(isHook)
  const stray = hooks.filter((mark) => !began.has(stepOf(mark)))
  const twice = hooks.filter((mark, i) => !failed.has(mark.step) && hooks.findIndex(same(mark)) !== i)
  return [
    ...stray.map((mark) => `I6 ${mark.what} ran for ${stepOf(mark)}, which never began`),
    ...twice.map((mark) => `I6 ${mark.what} ran twice for ${stepOf(mark)}`),
  ]
}

const same =
  (mark: Mark) =>
  (other: Mark): boolean =>
    stepOf(mark) === stepOf(other) && mark.what === other.what

/** I7: no hook begins between the start and the end of an attempt. An attempt without an end was killed. */
const hooksAfterRuns: Check = ({ marks }) =>
  marks.filter(isHook).flatMap((hook) => {
    const running = marks.filter(
      (mark) => stepOf(mark) === stepOf(hook) && mark.what.startsWith('run-end') && mark.at > hook.at,
    )
    return running.length > 0 ? [`I7 ${hook.what} of ${stepOf(hook)} began while it ran`] : []
  })

const CHECKS = [
  wellFormed,
  inOrder,
  numbered,
  oldestFirst,
  oneEnd,
  rebuilds,
  atRest,
  closed,
  accepted,
  rising,
  cleanedBackwards,
  hooksOnce,
  hooksAfterRuns,
]

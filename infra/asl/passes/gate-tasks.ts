import { STEP_PARAMETERS } from '#core/template.ts'
import type { Catcher, ExternalTask, Retrier, StateJson } from '../definition.ts'
import { NOT_KEPT } from '../error-names.ts'
import type { Pass } from '../pass.ts'
import { expandStates } from '../rewrite.ts'
import { standIn } from '../stand-in.ts'
import { ALWAYS } from './add-commit.ts'

/** Where the error of a task stands in the data of a Map's child, beside its index. */
const ERROR = '$.standdown_error'

const RETRIES: Retrier[] = [{ ErrorEquals: [NOT_KEPT], MaxAttempts: 0 }, ALWAYS]

/** Names of the states around a task: the first keeps its own, so that what leads to the task leads there. */
export const gateNames = (name: string) => ({
  claim: name,
  task: `${name} (task)`,
  finished: `${name} (finished)`,
  failed: `${name} (failed)`,
  error: `${name} (error)`,
  caught: (i: number) => `${name} (caught ${i + 1})`,
})

/** Around each task that runs no code of ours: a state that claims it, and states that tell how it ended. */
export const gateTasks: Pass = (definition, { outside, externalArn }) =>
  expandStates(definition, (state, { name, mapped }) => {
    const task = outside.get(name)
    return task?.kind === 'external' ? gated(state, { name, mapped, task, externalArn }) : { [name]: state }
  })

type Gate = { name: string; mapped: boolean; task: ExternalTask; externalArn: string }

function gated(state: StateJson, gate: Gate): Record<string, StateJson> {
  const names = gateNames(gate.name)
  const {
    Next,
    End,
    Catch: authors = [],
    ...work
  } = gate.task.stand_in ? standIn(state, gate.task.stand_in) : state
  const place = placeOf(work, gate.mapped)
  const tellFailure = (path: string | null | undefined) => telling(gate, { failed: true }, errorAt(path))
  const result = place === null ? {} : { 'result.$': place ?? '$' }
  const caught = authors.map((catcher, i) => [
    names.caught(i),
    { ...tellFailure(catcher.ResultPath), ResultPath: null, Next: catcher.Next },
  ])
  const isWhole = authors.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))
  return {
    [names.claim]: claiming(gate),
    [names.task]: {
      ...work,
      ...(place === undefined ? {} : { ResultPath: place }),
      Catch: [...authors.map(toward(names)), ...(isWhole ? [] : [uncaught(gate)])],
      Next: names.finished,
    },
    [names.finished]: { ...telling(gate, {}, result), ResultPath: null, End: true },
    ...Object.fromEntries(caught),
    ...(isWhole ? {} : failing(gate, tellFailure)),
  }
}

/** In a Map the data are `{index, item}`: an answer goes to `$.item`, unless the author says where. */
const placeOf = ({ ResultPath }: StateJson, mapped: boolean): string | null | undefined =>
  ResultPath === undefined && mapped ? '$.item' : ResultPath

const toward =
  (names: ReturnType<typeof gateNames>) =>
  (catcher: Catcher, i: number): Catcher => ({ ...catcher, Next: names.caught(i) })

const uncaught = ({ name, mapped }: Gate): Catcher => ({
  ErrorEquals: ['States.ALL'],
  ...(mapped ? { ResultPath: ERROR } : {}),
  Next: gateNames(name).failed,
})

const errorAt = (path: string | null | undefined): Record<string, unknown> =>
  path === null ? {} : { 'error.$': path ?? '$' }

/** The error that nobody caught goes on, as if the task itself had failed of it. */
function failing(
  { name, mapped }: Gate,
  tellFailure: (path: string | undefined) => StateJson,
): Record<string, StateJson> {
  const { failed, error } = gateNames(name)
  return {
    [failed]: { ...tellFailure(mapped ? ERROR : undefined), Next: error },
    [error]: { Type: 'Fail', ErrorPath: '$.Error', CausePath: '$.Cause' },
  }
}

/** Which entry of the state claims, and which try of it: an earlier one, whose reply was lost, does not bar it. */
const ENTRY = { 'entered_at.$': '$$.State.EnteredTime', 'retry.$': '$$.State.RetryCount' }

const claiming = ({ name, task: { mark }, externalArn }: Gate): StateJson => ({
  Type: 'Task',
  Resource: externalArn,
  Parameters: { [STEP_PARAMETERS]: { ...mark, external: { ...mark.external, ...ENTRY } } },
  ResultPath: null,
  Retry: RETRIES,
  Next: gateNames(name).task,
})

type Failed = { failed?: true }

function telling(
  { task: { mark }, externalArn }: Gate,
  failed: Failed,
  end: Record<string, unknown>,
): StateJson {
  const ends = { ends: mark.step, ...failed, 'entered_at.$': ENTRY['entered_at.$'] }
  return {
    Type: 'Task',
    Resource: externalArn,
    Parameters: { [STEP_PARAMETERS]: ends, ...end },
    Retry: RETRIES,
  }
}

import { STEP_PARAMETERS, type TemplateComment } from '#core/template.ts'
import { hasSteps, mapStates, type ScopeJson, type StateJson, stepMark } from './definition.ts'
import { keepIndex, nestedIndex } from './map-index.ts'
import { type Place, placeSteps } from './passes/order-steps.ts'
import { COMMIT, nameParkings, parkingStates } from './passes/park-stopped.ts'
import { checkChain } from './passes/refuse-chain.ts'
import { COMMIT_RETRY, catchesOf, retriesOf } from './passes/retry-tasks.ts'

export type Job = { template: TemplateComment; commitArn: string }

type Work = Job & { places: Map<string, Place>; parkings: Map<ScopeJson, string> }

/** What the context object tells of the execution, by the names of StepPayload. */
const EXECUTION = { 'job_execution_id.$': '$$.Execution.Name', 'execution_arn.$': '$$.Execution.Id' }

/**
 * Makes a chain abortable: completes its steps, parks stopped ones, and leads every way through it to the
 * commit. Pure: the graph's JSON in, the state machine's definition out.
 *
 * @throws ChainRefusedError
 */
export function abortableDefinition(graph: ScopeJson, job: Job): ScopeJson {
  checkChain(graph, job.template.name)
  const work = { ...job, places: placeSteps(graph), parkings: nameParkings(graph) }
  const parking = work.parkings.get(graph)!
  const chain = mapStates(changeScope(graph, work, false), toCommit)
  const States = { ...chain.States, [COMMIT]: commitState(job, parking), ...parkingStates(parking) }
  return { ...chain, Comment: JSON.stringify({ standdown: job.template }), States }
}

function changeScope(scope: ScopeJson, work: Work, mapped: boolean): ScopeJson {
  if (!hasSteps(scope)) return scope
  const parking = work.parkings.get(scope) ?? ''
  return mapStates(scope, (state, name) => {
    const changed = changeInner(state, work, mapped)
    const place = work.places.get(name)
    const whole = place && stepMark(state) ? completeStep(changed, { place, work, parking, mapped }) : changed
    return mapped ? keepIndex(whole) : whole
  })
}

function changeInner(state: StateJson, work: Work, mapped: boolean): StateJson {
  const branch = (scope: ScopeJson, inMap: boolean): ScopeJson => {
    const parking = work.parkings.get(scope)
    const changed = changeScope(scope, work, inMap)
    return parking ? { ...changed, States: { ...changed.States, ...parkingStates(parking) } } : changed
  }
  if (state.Branches) return { ...state, Branches: state.Branches.map((scope) => branch(scope, mapped)) }
  if (!state.ItemProcessor || !hasSteps(state.ItemProcessor)) return state
  const selector = mapped ? { ItemSelector: nestedIndex(state.ItemSelector) } : {}
  return { ...state, ...selector, ItemProcessor: branch(state.ItemProcessor, true) }
}

type Around = { place: Place; work: Work; parking: string; mapped: boolean }

function completeStep(state: StateJson, { place, work, parking, mapped }: Around): StateJson {
  const standdown = {
    template: work.template.name,
    ...stepMark(state),
    order: place.order,
    ...EXECUTION,
    ...(mapped ? { 'index.$': '$.index' } : {}),
    // Retries keep the time of entry, another round of the loop does not.
    ...(place.looped ? { 'visit.$': '$$.State.EnteredTime' } : {}),
  }
  const Parameters = { ...state.Parameters, [STEP_PARAMETERS]: standdown }
  return { ...state, Parameters, Retry: retriesOf(state.Retry), Catch: catchesOf(state.Catch, parking) }
}

function toCommit(state: StateJson): StateJson {
  if (state.Type === 'Succeed') return { ...state, Type: 'Pass', Next: COMMIT }
  const { End, ...rest } = state
  return End ? { ...rest, Next: COMMIT } : state
}

/** Discards its result, so that the execution's output is that of the author's chain. */
const commitState = ({ template, commitArn }: Job, parking: string): StateJson => ({
  Type: 'Task',
  Resource: commitArn,
  Parameters: { [STEP_PARAMETERS]: { template: template.name, ...EXECUTION } },
  ResultPath: null,
  Retry: retriesOf([COMMIT_RETRY]),
  Catch: catchesOf([], parking),
  End: true,
})

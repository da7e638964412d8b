/// <reference path="./asl-validator.d.ts" />
import validate from 'asl-validator'
import type { Body, MachineDescription, State } from './definition.ts'
import { parseResource } from './resources.ts'

type LooseState = State & Record<string, unknown>

/** The validator compiles its schemas at each call, 0.1 s: what it found valid is not asked again. */
const valid = new Set<string>()

/** Parses the definition, or throws one line that names the machine, the state and what cannot be run. */
export function checkMachine(machine: MachineDescription): Body {
  const refuse = (reason: string) => new Error(`state machine ${machine.name}: ${reason}`)
  if (machine.type !== 'STANDARD') throw refuse(`type ${machine.type} cannot be run, only STANDARD`)
  const body = parse(machine.definition, refuse)
  if ((body as Record<string, unknown>).QueryLanguage === 'JSONata')
    throw refuse('JSONata cannot be run, use JSONPath')
  for (const [name, state] of eachState(body)) {
    const reason = whyNot(state)
    if (reason) throw refuse(`state ${name}: ${reason}`)
  }
  if (valid.has(machine.definition)) return body
  // The validator writes into what it checks.
  const { isValid, errorsText } = validate(structuredClone(body))
  if (!isValid) throw refuse(`invalid definition: ${errorsText('; ').replace(/\s+/g, ' ')}`)
  valid.add(machine.definition)
  return body
}

function parse(text: string, refuse: (reason: string) => Error): Body {
  try {
    const body = JSON.parse(text) as Body | null
    if (typeof body === 'object' && body !== null && typeof body.States === 'object' && body.States)
      return body
  } catch (error) {
    throw refuse(`the definition is not JSON: ${(error as Error).message}`)
  }
  throw refuse('the definition has no States')
}

export function* eachState(body: Body): Generator<[string, LooseState]> {
  for (const [name, state] of Object.entries(body.States ?? {})) {
    yield [name, state as LooseState]
    const inner = [...(state.Branches ?? []), state.ItemProcessor, state.Iterator]
    for (const child of inner) if (child) yield* eachState(child)
  }
}

const NOT_RUN = ['Assign', 'Arguments', 'Output', 'Items', 'Credentials'] as const
const DISTRIBUTED = [
  'ItemReader',
  'ItemBatcher',
  'ResultWriter',
  'ToleratedFailurePercentage',
  'ToleratedFailurePercentagePath',
  'ToleratedFailureCount',
  'ToleratedFailureCountPath',
] as const

function whyNot(state: LooseState): string | undefined {
  if (state.QueryLanguage === 'JSONata') return 'JSONata cannot be run, use JSONPath'
  const field = NOT_RUN.find((key) => key in state)
  if (field) return `the field ${field} cannot be run`
  const config = (state.ItemProcessor as Record<string, unknown> | undefined)?.ProcessorConfig
  const distributed = DISTRIBUTED.find((key) => key in state)
  if ((config as { Mode?: string } | undefined)?.Mode === 'DISTRIBUTED' || distributed) {
    return `a DISTRIBUTED Map cannot be run, only INLINE${distributed ? ` (found ${distributed})` : ''}`
  }
  if (state.Type === 'Task' && !parseResource(String(state.Resource))) {
    return `the Resource ${state.Resource} cannot be run, only a Lambda function, lambda:invoke and states:startExecution`
  }
  return undefined
}

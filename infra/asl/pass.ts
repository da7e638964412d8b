import type { TemplateComment } from '#core/template.ts'
import type { OutsideTask, ScopeJson } from './definition.ts'

/** What the passes know beside the definition. */
export type PassContext = {
  template: TemplateComment
  /** The function that commits a job, and the one that claims and ends its external steps. */
  commitArn: string
  externalArn: string
  /** Tasks that run no code of ours, by the names of their states. */
  outside: ReadonlyMap<string, OutsideTask>
}

/** One change of a whole definition. Pure: what it gets stays as it is. */
export type Pass = (definition: ScopeJson, context: PassContext) => ScopeJson

import type { TemplateComment } from '#core/template.ts'
import type { ScopeJson } from './definition.ts'

/** What the passes know beside the definition: the job's template, and the function that commits a job. */
export type PassContext = { template: TemplateComment; commitArn: string }

/** One change of a whole definition. Pure: what it gets stays as it is. */
export type Pass = (definition: ScopeJson, context: PassContext) => ScopeJson

import type { Template } from '../template.ts'
import type { ListedTemplate, TemplateView } from './answers.ts'

/** A template without where its functions are. */
export const viewListedTemplate = (template: Template): ListedTemplate => ({
  name: template.name,
  description: template.description,
  state_machine_arn: template.state_machine_arn,
  input_schema: template.input_schema,
  abort_modes: template.abort_modes,
  steps: template.steps.map((step) => ({
    name: step.name,
    order: step.order,
    abortable: step.abortable,
    irreversible: step.irreversible,
    hooks: step.hooks ?? null,
    clean_up_after: step.clean_up_after,
    mapped: step.mapped,
  })),
})

/** The same with its state machine. */
export const viewTemplate = (template: Template): TemplateView => ({
  ...viewListedTemplate(template),
  definition: template.definition,
})

import type { Template, TemplateStep } from '#core/template.ts'

export const templateStep = (
  name: string,
  order: number,
  more: Partial<TemplateStep> = {},
): TemplateStep => ({
  name,
  order,
  abortable: 'checkpoint',
  irreversible: null,
  clean_up_after: 'lease',
  function_arn: `fn-${name}`,
  mapped: false,
  ...more,
})
/** Of a template whose graph nobody draws. */
export const NO_STATES: Template['definition'] = { StartAt: '', States: {} }

export const TEMPLATE: Template = {
  name: 'demo',
  description: '',
  state_machine_arn: 'arn',
  input_schema: null,
  abort_modes: ['graceful', 'force'],
  definition: NO_STATES,
  steps: [templateStep('list', 1), templateStep('copy', 2)],
}

import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter'
import type { ListedJob } from '#core/api/answers.ts'
import { STATES, type State } from '#core/states.ts'

/** What of the list is wanted: the API chooses by state and template, the page by the text within what it was given. */
export type Filter = { state: State | null; template: string | null; text: string | null }

export const PROPERTIES: PropertyFilterProps.FilteringProperty[] = [
  { key: 'state', propertyLabel: 'State', groupValuesLabel: 'States', operators: ['='] },
  { key: 'template', propertyLabel: 'Template', groupValuesLabel: 'Templates', operators: ['='] },
]

const stateOf = (text: string | null): State | null => STATES.find((state) => state === text) ?? null

export const filterOf = (query: URLSearchParams): Filter => ({
  state: stateOf(query.get('state')),
  template: query.get('template'),
  text: query.get('text'),
})

export const parametersOf = ({ state, template, text }: Filter): Record<string, string | null> => ({
  state,
  template,
  text,
})

export function tokensOf({ state, template, text }: Filter): PropertyFilterProps.Query {
  const tokens: PropertyFilterProps.Token[] = [
    ...(state ? [{ propertyKey: 'state', operator: '=', value: state }] : []),
    ...(template ? [{ propertyKey: 'template', operator: '=', value: template }] : []),
    ...(text ? [{ operator: ':', value: text }] : []),
  ]
  return { operation: 'and', tokens }
}

/** Of several tokens of one property the last one counts. */
export function filterOfTokens({ tokens }: PropertyFilterProps.Query): Filter {
  const last = (key: string | undefined): string | null =>
    tokens.findLast(({ propertyKey }) => propertyKey === key)?.value ?? null
  return { state: stateOf(last('state')), template: last('template'), text: last(undefined) }
}

/** By what a person knows of a job: a part of its id, or who started it. */
export const mentions = ({ job_execution_id, created_by }: ListedJob, text: string): boolean =>
  [job_execution_id, created_by].some((field) => field.toLowerCase().includes(text.toLowerCase()))

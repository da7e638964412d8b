import type { ListedTemplate, TemplateView } from '#core/api/answers.ts'
import type { Http, CallOptions as Options } from './http.ts'
import type { Page } from './jobs.ts'

export const templateCalls = (http: Http) => ({
  templates: (options?: Options) => http.get<Page<ListedTemplate>>('/templates', {}, options),
  /** With its state machine as it is deployed now. */
  template: (name: string, options?: Options) =>
    http.get<TemplateView>(`/templates/${encodeURIComponent(name)}`, {}, options),
})

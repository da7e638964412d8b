/** `standdown/client`: the HTTP API, typed. */
export type { Action, ActionPlan, NewAction, NewActionPlan } from '#client/action-plans.ts'
export { type Client, createClient } from '#client/client.ts'
export type { CallOptions, Fetch, HttpOptions } from '#client/http.ts'
export type {
  Aborted,
  AbortedMany,
  AbortManyOptions,
  AbortOptions,
  CleanUp,
  Execution,
  Page,
  PageQuery,
  PlannedMany,
} from '#client/jobs.ts'
export { ApiProblem, ApiUnreachable } from '#client/problem.ts'
export type {
  AbortJobAnswer,
  AbortPlan,
  DefinitionView,
  ExecuteJobAnswer,
  JobList,
  JobView,
  ListedJob,
  ListedTemplate,
  StepList,
  StepView,
  StepWithValues,
  TemplateView,
} from '#core/api/answers.ts'
export type { State } from '#core/states.ts'

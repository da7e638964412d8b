import { env } from '#aws/env.ts'
import { invalidRequest } from '#core/api/requests.ts'
import type { InvalidPart } from '#core/errors.ts'
import { type FunctionRules, functionRules, whyNotCalled } from '../../steps/action-plan/allowed-functions.ts'
import { type HttpParameters, urlsOf } from '../../steps/action-plan/parameters/http.ts'
import type { JobParameters } from '../../steps/action-plan/parameters/job.ts'
import { functionsOf, type LambdaParameters } from '../../steps/action-plan/parameters/lambda.ts'
import { ACTION_PLAN } from '../../steps/action-plan/template.ts'
import { type HostRules, hostRules, whyNotReached } from '../../steps/reach/hosts.ts'
import { isUuid } from './parts.ts'

/** What the stack lets the actions of plans reach. */
export type Reach = { functions: FunctionRules; hosts: HostRules; templates: string[] }

export const deployedReach = (): Reach => ({
  hosts: hostRules({ hosts: env.allowedHosts(), aws: env.awsEndpoint() }),
  templates: Object.keys(env.templates()),
  functions: functionRules(env.allowedFunctions(), env.ownFunctions()),
})

type Checked = { action_type: string; input_parameters: object }

/** Before a plan is written, so that it does not fail of this in its middle. @throws RequestInvalidError */
export function refuseOutOfReach(actions: Checked[], reach: Reach): void {
  const errors = actions.flatMap((action, at) =>
    faultsOf(action, reach).map(({ pointer, detail }) => ({ pointer: `/actions/${at}${pointer}`, detail })),
  )
  if (errors.length > 0) throw invalidRequest('the action plan is not valid', errors)
}

function faultsOf({ action_type, input_parameters: given }: Checked, reach: Reach): InvalidPart[] {
  if (action_type === 'lambda') return functionFaults(given as LambdaParameters, reach)
  if (action_type === 'job') return templateFaults(given as JobParameters, reach)
  return action_type === 'http' ? hostFaults(given as HttpParameters, reach) : []
}

function functionFaults(given: LambdaParameters, { functions }: Reach): InvalidPart[] {
  if (functions.prefixes.length === 0) {
    const how = 'deploy it with -c actionFunctions=<prefix>* to allow those named so'
    return [
      { pointer: '/action_type', detail: `is lambda, and this stack lets actions call no function: ${how}` },
    ]
  }
  return functionsOf(given).flatMap(({ path, name }) => {
    const detail = whyNotCalled(name, functions)
    return detail === null ? [] : [{ pointer: `/input_parameters/${path}`, detail }]
  })
}

const hostFaults = (given: HttpParameters, { hosts }: Reach): InvalidPart[] =>
  urlsOf(given).flatMap(({ path, hostname }) => {
    const why = whyNotReached(hostname, hosts)
    return why === null ? [] : [{ pointer: `/input_parameters/${path}`, detail: `is refused: ${why}` }]
  })

function templateFaults({ template, input = {} }: JobParameters, { templates }: Reach): InvalidPart[] {
  if (!templates.includes(template)) {
    const detail = `is ${template}, which is no template of this stack: there are ${templates.join(', ')}`
    return [{ pointer: '/input_parameters/template', detail }]
  }
  const namesPlan = typeof input.plan === 'string' && isUuid(input.plan) && Object.keys(input).length === 1
  if (template !== ACTION_PLAN.name || namesPlan) return []
  return [
    { pointer: '/input_parameters/input', detail: 'must be {"plan": uuid}, a plan that is RECOMMENDED' },
  ]
}

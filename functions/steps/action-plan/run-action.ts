import { setTimeout as pause } from 'node:timers/promises'
import { defineStep } from '#sdk/index.ts'
import type { ActionCheckpoint, ActionParts, ActionResult, GivenAction } from './actions/action.ts'
import { abortAction, revertAction, runAction } from './actions/run-action.ts'
import { AllowedWeb } from './http/allowed-web.ts'
import { AskedJobs } from './job/asked-jobs.ts'
import { LambdaFunctions } from './lambda/lambda-functions.ts'
import { settings } from './settings.ts'

const parts: ActionParts = {
  now: Date.now,
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
  web: new AllowedWeb(settings.hosts()),
  jobs: new AskedJobs(settings.childJobs()),
  functions: new LambdaFunctions(settings.functions()),
}

/** One action of a plan. */
export const handler = defineStep<GivenAction, ActionResult, ActionCheckpoint>({
  name: 'run-action',
  abortable: 'checkpoint',
  run: (action, tools) => runAction(parts, action, tools),
  abort: (tools) => abortAction(parts, tools),
  revert: (tools) => revertAction(parts, tools),
})

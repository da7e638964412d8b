import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { HOOKS, type Hook } from '#core/clean-up/hook.ts'
import type { Abortable, ExternalTraits } from '#core/step/step.ts'
import type { ExternalTask } from '../asl/definition.ts'
import { isDraft } from '../bundle/code.ts'
import { isLocal } from './local-context.ts'
import { versionOf } from './plain-task.ts'
import type { IStepFunction } from './step-function.ts'

export type ExternalStepProps = {
  /**
   * What a graceful abort does: waits for the task (`boundary`), or stops it with its execution (`stop`); `never` waits,
   * and tells people that it cannot be stopped. Force stops it in any case.
   */
  abortable: Exclude<Abortable, 'checkpoint'>
  /** The function, made by `defineHooks`, whose `abort` frees what an interrupted or failed task left. @default none */
  abort?: IStepFunction
  /** The function whose `revert` undoes the finished task. @default none */
  revert?: IStepFunction
  /**
   * `not-committed`: the finished task is undone whenever the job ends otherwise than well, as for a cluster that is to
   * last no longer than its job. @default rollback: only by an abort that asks for it
   */
  revertWhen?: ExternalTraits['revert_when']
  /** Why what the task did cannot be undone; told in the plan of an abort. @default it can */
  irreversible?: string
  /**
   * Runs in the task's place on one machine, where the task's service is not: gets its parameters, answers as it does.
   * @default the task itself, which has to be one that runs there
   */
  standIn?: lambda.IFunction
}

/** What the passes get to know of an external step. @throws Error where a function has not the hook that it is given for */
export function externalTask(scope: Construct, name: string, props: ExternalStepProps): ExternalTask {
  const { abortable, irreversible, revertWhen: revert_when = 'rollback' } = props
  const given = HOOKS.filter((hook) => props[hook] !== undefined)
  if (!isDraft(scope)) for (const hook of given) refuse(name, hook, props[hook]!)
  if (revert_when === 'not-committed' && !props.revert) {
    throw new Error(
      `the external step ${name} is undone where its job is not committed, but has no revert: give it one`,
    )
  }
  const functions = Object.fromEntries(given.map((hook) => [hook, versionOf(props[hook]!)]))
  const external = { revert_when, functions }
  const mark = { step: name, abortable, clean_up_after: 'lease' as const, hooks: given, external }
  const stand_in = isLocal(scope) ? props.standIn?.functionArn : undefined
  return { kind: 'external', mark: { ...mark, ...(irreversible ? { irreversible } : {}) }, stand_in }
}

function refuse(name: string, hook: Hook, { step }: IStepFunction): void {
  if (step.name !== name) {
    throw new Error(
      `the ${hook} of the external step ${name} is the function of ${step.name}: name it ${name} in defineHooks`,
    )
  }
  if (step.hooks && !step.hooks.includes(hook)) {
    throw new Error(`the function of ${name} has no ${hook}: write it in defineHooks, or do not give it`)
  }
}

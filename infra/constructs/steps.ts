import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { STEP_PARAMETERS } from '#core/template.ts'
import type { OutsideTask, StepMark } from '../asl/definition.ts'
import { itemSelector, numberedBy, OWN_KEYS } from '../asl/map-index.ts'
import { type ExternalStepProps, externalTask } from './external-step.ts'
import { isLocal } from './local-context.ts'
import { PlainTask } from './plain-task.ts'
import type { IStepFunction } from './step-function.ts'
import { childMachineOf, missingStopRights } from './stop-rights.ts'

export type StepTaskProps = Pick<
  sfn.TaskStateBaseProps,
  'comment' | 'resultPath' | 'resultSelector' | 'outputPath' | 'taskTimeout'
> & {
  /** What of the state's input the step gets. @default $ */
  inputPath?: string
  /**
   * In a loop of a Map's children: the path of `{index, rank, count}`, where `index` numbers what the step does among
   * all that it does in the job, `count` in all. A clean-up follows the ranks. @default each round is a visit of its own
   */
  numberedBy?: string
  /** The path of a list of the hooks that what the step does has, where the data say it. @default those of the step */
  hooks?: string
}

export type StepMapProps = Pick<
  sfn.MapProps,
  'comment' | 'resultPath' | 'resultSelector' | 'maxConcurrency'
> & {
  /** The path of the list, as `$.listing.batches`. */
  items: string
  /**
   * The path, within an item, of a number by which the children are cleaned up: those of a higher rank first, equal
   * ranks together. As `$.rank`; every item must have it. @default all children together
   */
  rank?: string
  /** More for each child, beside `index` and `item`. */
  itemSelector?: Record<string, unknown>
}

/** Each function as it is, but for one whose input is not what the one before it answers. */
type Following<Functions extends unknown[]> = Functions extends [infer One, infer Next, ...infer Rest]
  ? [One, Takes<Next, One>, ...(Following<[Next, ...Rest]> extends [unknown, ...infer More] ? More : never)]
  : Functions
type Takes<Next, One> =
  One extends IStepFunction<never, infer Result>
    ? Next extends IStepFunction<infer Input, unknown>
      ? [Input] extends [never]
        ? Next
        : Result extends Input
          ? Next
          : { takes: Input; isGiven: Result }
      : never
    : never

function refuseOther(fn: lambda.IFunction & { step?: unknown }): void {
  if (fn.step !== undefined) return
  throw new Error(
    `the function ${fn.node.path} says of no step: give StepFunction.of(fn, handler) with the handler that defineStep made, or call it by steps.external() with a tasks.LambdaInvoke`,
  )
}

/** Makes the states of an abortable job's chain; other states come from aws-stepfunctions as ever. */
export class Steps {
  /** The functions that the chain's steps run. */
  readonly functions = new Set<lambda.IFunction>()
  /** Those that run in the place of tasks, on one machine. */
  readonly standIns = new Set<lambda.IFunction>()
  /** What the machine's role is not granted by its tasks, and needs for them to be stopped with it. */
  readonly stopRights = new Set<string>()
  /** The machines whose executions its tasks start, and wait for. */
  readonly children = new Set<string>()
  private readonly outside = new Map<sfn.State, OutsideTask>()
  private readonly scope: Construct

  constructor(scope: Construct) {
    this.scope = scope
  }

  /**
   * One step: one Task state, named as the step names itself. In a Map its result goes to `$.item`, unless
   * `resultPath` says otherwise.
   *
   * @example steps.task(verify, { resultPath: '$.verified' })
   */
  task(
    fn: IStepFunction,
    { inputPath = '$', numberedBy: path, hooks: at, ...props }: StepTaskProps = {},
  ): PlainTask {
    refuseOther(fn)
    if (fn.step.hooks_only) {
      throw new Error(
        `the function of ${fn.step.name} has hooks alone, and nothing to run: give it to steps.external()`,
      )
    }
    this.functions.add(fn)
    const { name, abortable, clean_up_after, irreversible, hooks } = fn.step
    const mark: StepMark = { step: name, abortable, clean_up_after }
    if (irreversible) mark.irreversible = irreversible
    if (at !== undefined) mark['hooks.$'] = at
    else if (hooks) mark.hooks = hooks
    if (path !== undefined) Object.assign(mark, numberedBy(path))
    const parameters = { [STEP_PARAMETERS]: mark, 'input.$': inputPath }
    return new PlainTask(this.scope, name, { fn, parameters, versioned: true, ...props })
  }

  /**
   * Steps one after another, each of which takes what the one before it answered. TypeScript refuses one that does not,
   * where the functions know the types of their handlers.
   *
   * @example steps.sequence(load, render, send)
   */
  sequence<Functions extends IStepFunction[]>(...fns: Functions & Following<Functions>): sfn.Chain {
    const [first, ...rest] = fns.map((fn) => this.task(fn))
    if (!first) throw new Error('a sequence has no step: give it one or more')
    return rest.reduce((chain, task) => chain.next(task), sfn.Chain.start(first))
  }

  /**
   * Makes a step of a task that runs no code of yours: states around it claim it, and record how it ended. Its own
   * Retry and Catch keep their meaning.
   *
   * @example
   * const train = new tasks.GlueStartJobRun(this, 'train', { ... , integrationPattern: sfn.IntegrationPattern.RUN_JOB })
   * steps.external('train', train, { abortable: 'stop', abort: dropHalfTrained })
   */
  external<Task extends sfn.TaskStateBase>(name: string, task: Task, props: ExternalStepProps): Task {
    this.outside.set(task, externalTask(this.scope, name, props))
    for (const fn of [props.abort, props.revert]) if (fn) this.functions.add(fn)
    if (props.standIn && isLocal(this.scope)) this.standIns.add(props.standIn)
    for (const action of missingStopRights(task)) this.stopRights.add(action)
    const child = childMachineOf(task)
    if (child !== undefined) this.children.add(child)
    return task
  }

  /**
   * Says of a task that it is no step: an abort may kill it at any time, nobody is told and nothing cleaned up after it.
   *
   * @example steps.ungated(new tasks.SnsPublish(this, 'Tell', { ... }))
   */
  ungated<Task extends sfn.TaskStateBase>(task: Task): Task {
    this.outside.set(task, { kind: 'ungated' })
    return task
  }

  get hasExternal(): boolean {
    return [...this.outside.values()].some(({ kind }) => kind === 'external')
  }

  /** By the names that the states have in the end: a fragment may give them a prefix. */
  outsideByName(): Map<string, OutsideTask> {
    return new Map([...this.outside].map(([state, task]) => [state.stateId, task]))
  }

  /**
   * Runs a chain of steps for each item of a list. Each child gets `{index, item, ...itemSelector}`. At most 40 steps
   * of a job run at once: Maps that could run more together are lowered.
   *
   * @example steps.map('copy-batches', { items: '$.listing.batches' }).itemProcessor(copy)
   */
  map(id: string, { items, rank, itemSelector: more = {}, ...props }: StepMapProps): sfn.Map {
    const taken = OWN_KEYS.find((key) => key in more)
    if (taken) throw new Error(`the Map ${id} selects ${taken} itself: choose another key in itemSelector`)
    if (rank !== undefined && !/^\$[.[]/.test(rank)) {
      throw new Error(`the rank ${rank} of the Map ${id} is no path within an item: write it as $.rank`)
    }
    return new sfn.Map(this.scope, id, { ...props, itemsPath: items, itemSelector: itemSelector(more, rank) })
  }
}

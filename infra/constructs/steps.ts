import type * as lambda from 'aws-cdk-lib/aws-lambda'
import * as sfn from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { STEP_PARAMETERS } from '#core/template.ts'
import type { StepMark } from '../asl/definition.ts'
import { itemSelector, numberedBy, OWN_KEYS } from '../asl/map-index.ts'
import { PlainTask } from './plain-task.ts'
import type { IStepFunction } from './step-function.ts'

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

/** Makes the states of an abortable job's chain; other states come from aws-stepfunctions as ever. */
export class Steps {
  /** The functions that the chain's steps run. */
  readonly functions = new Set<lambda.IFunction>()
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

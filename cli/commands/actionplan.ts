import type { Action, ActionPlan } from '#client/action-plans.ts'
import { type Run, Verb } from '../command.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { SHORTEST, shortId } from '../jobs/short-ids.ts'
import { cell } from '../output/format.ts'
import { stateText } from '../output/paint.ts'

export function actionPlan(run: Run): Verb {
  const noun = new Verb('actionplan', run).description("Action plans, in Watcher's words.") as Verb
  noun.addCommand(
    new Verb('list', run)
      .description('Lists the action plans.')
      .work<object, []>(list)
      .examples('standdown actionplan list'),
  )
  const verbs = [
    { name: 'show', about: 'Shows an action plan and its actions.', act: show },
    { name: 'start', about: 'Starts a recommended action plan.', act: start },
    {
      name: 'cancel',
      about: 'Cancels an action plan: running actions end at their safe points, no other begins.',
      act: cancel,
    },
  ]
  for (const { name, about, act } of verbs) {
    noun.addCommand(
      new Verb(name, run)
        .description(about)
        .argument('<uuid>', 'a plan; shortened where only one begins so')
        .work<object, [string]>(async (context, _options, uuid) =>
          act(context, await resolvePlan(context, uuid)),
        )
        .examples(`standdown actionplan ${name} 4f1c2a7e`),
    )
  }
  return noun
}

async function list(context: Context): Promise<void> {
  const plans = await (await context.client()).actionPlans.list()
  const uuids = plans.map(({ uuid }) => uuid)
  const { out } = context
  out.list(plans, {
    head: ['UUID', 'NAME', 'STATE', 'STRATEGY', 'JOB'],
    row: (plan) => [
      shortId(plan.uuid, uuids),
      cell(plan.name ?? ''),
      stateText(plan.state, out.paint),
      cell(plan.strategy_name ?? ''),
      plan.job_execution_id?.slice(0, 8) ?? '',
    ],
    id: ({ uuid }) => uuid,
    empty: 'no action plans; POST /action-plans makes one',
  })
}

async function resolvePlan(context: Context, given: string): Promise<string> {
  if (given.length === 36) return given
  const plans = await (await context.client()).actionPlans.list()
  const found = given.length < SHORTEST ? [] : plans.filter(({ uuid }) => uuid.startsWith(given))
  if (found.length === 1) return found[0]!.uuid
  const message =
    found.length === 0 ? `there is no action plan ${given}` : `${given} is the beginning of several plans`
  const code = found.length === 0 ? EXIT.notFound : EXIT.usage
  throw new CliError(message, { code, hint: 'see them with standdown actionplan list -o id' })
}

async function show(context: Context, uuid: string): Promise<void> {
  const { actionPlans } = await context.client()
  const [plan, actions] = await Promise.all([actionPlans.get(uuid), actionPlans.actions(uuid)])
  const { out } = context
  out.one({ ...plan, actions }, { text: () => textOf(context, plan, actions), id: (one) => one.uuid })
}

function textOf({ out }: Context, plan: ActionPlan, actions: Action[]): string {
  const rows = actions.map(({ uuid, action_type, state, fault }) => [
    uuid.slice(0, 8),
    cell(action_type),
    stateText(state, out.paint),
    cell(fault?.exception_message ?? ''),
  ])
  return [planLine(out.paint)(plan), out.table(['ACTION', 'TYPE', 'STATE', 'FAULT'], rows)].join('\n')
}

const planLine =
  (paint: Context['paint']) =>
  ({ uuid, name, state, job_execution_id }: ActionPlan): string =>
    [uuid, cell(name ?? ''), stateText(state, paint), job_execution_id ? `job ${job_execution_id}` : '']
      .filter(Boolean)
      .join('  ')

const printPlan = ({ out }: Context, plan: ActionPlan): void =>
  out.one(plan, { text: planLine(out.paint), id: ({ uuid }) => uuid })

const start = async (context: Context, uuid: string): Promise<void> =>
  printPlan(context, await (await context.client()).actionPlans.start(uuid))

const cancel = async (context: Context, uuid: string): Promise<void> =>
  printPlan(context, await (await context.client()).actionPlans.cancel(uuid))

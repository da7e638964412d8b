import type { ScopeJson } from './definition.ts'
import type { Pass, PassContext } from './pass.ts'
import { addCommit } from './passes/add-commit.ts'
import { countItems } from './passes/count-items.ts'
import { describeTemplate } from './passes/describe-template.ts'
import { endTasks } from './passes/end-tasks.ts'
import { fitConcurrency } from './passes/fit-concurrency.ts'
import { gateTasks } from './passes/gate-tasks.ts'
import { identifyTasks } from './passes/identify-tasks.ts'
import { indexChildren } from './passes/index-children.ts'
import { leadToCommit } from './passes/lead-to-commit.ts'
import { markVisits } from './passes/mark-visits.ts'
import { nameChildren } from './passes/name-children.ts'
import { orderSteps } from './passes/order-steps.ts'
import { parkStopped } from './passes/park-stopped.ts'
import { rankChildren } from './passes/rank-children.ts'
import { refuseChain } from './passes/refuse-chain.ts'
import { refuseTasks } from './passes/refuse-tasks.ts'
import { retryTasks } from './passes/retry-tasks.ts'

/** Each gets what the one before it made. */
const PASSES: Pass[] = [
  refuseTasks,
  gateTasks,
  refuseChain,
  orderSteps,
  addCommit,
  identifyTasks,
  fitConcurrency,
  retryTasks,
  parkStopped,
  countItems,
  indexChildren,
  rankChildren,
  markVisits,
  nameChildren,
  endTasks,
  leadToCommit,
  describeTemplate,
]

/**
 * Makes a chain abortable: completes its steps, parks stopped ones, and leads every way through it to the
 * commit. Pure: the graph's JSON in, the state machine's definition out.
 *
 * @throws ChainRefusedError
 */
export const abortableDefinition = (graph: ScopeJson, context: PassContext): ScopeJson =>
  PASSES.reduce((definition, pass) => pass(definition, context), graph)

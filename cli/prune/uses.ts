import { DescribeStateMachineForExecutionCommand, paginateListExecutions } from '@aws-sdk/client-sfn'
import pLimit from 'p-limit'
import type { Job } from '#core/job/job.ts'
import { parseTemplate, type Template } from '#core/template.ts'
import type { Account, Machine } from './account.ts'
import type { Clients } from './clients.ts'

/** ARNs of functions, their versions and state machines that are still needed, and by whom. */
export type Uses = Map<string, string>

/** An execution that began shortly after a change may still run what was before. */
const CHANGE_SPREADS_MS = 60_000
const AT_ONCE = 4
const PAGE = 100
const ALWAYS = '9999-12-31T23:59:59.999Z'

/** Everything that a deployed machine, a running execution, or a job that may have to be cleaned up names. */
export async function readUses(clients: Clients, account: Account): Promise<Uses> {
  const uses = new Reader(clients, account)
  for (const machine of account.machines) {
    if (account.owned.has(machine.arn)) uses.byTemplate(machine.template, `the state machine ${machine.name}`)
  }
  for (const machine of account.machines) await uses.byExecutions(machine)
  const [open, ended] = await Promise.all([clients.jobs.active(), clients.jobs.ended(ALWAYS)])
  await uses.byJobs([...open, ...ended])
  for (const { template } of account.machines) await uses.byWhatIsLeftBehind(template.name)
  return uses.found
}

class Reader {
  readonly found: Uses = new Map()
  readonly #clients: Clients
  readonly #machines: Map<string, Machine>
  readonly #owned: Map<string, Date>

  constructor(clients: Clients, { machines, owned }: Account) {
    this.#clients = clients
    this.#machines = new Map(machines.map((machine) => [machine.arn, machine]))
    this.#owned = owned
  }

  byTemplate({ steps }: Template, who: string): void {
    for (const { function_arn, hook_functions = [] } of steps) {
      for (const arn of [function_arn, ...hook_functions]) this.#add(arn, who)
    }
  }

  /** An execution runs the definition that it began with: those that began after the last change run today's. */
  async byExecutions({ arn, name, template }: Machine): Promise<void> {
    const client = this.#clients.stepFunctions
    const changed = this.#owned.get(arn)?.getTime() ?? Number.POSITIVE_INFINITY
    const limit = pLimit(AT_ONCE)
    const input = { stateMachineArn: arn, statusFilter: 'RUNNING' as const }
    for await (const { executions = [] } of paginateListExecutions({ client }, input)) {
      await limit.map(executions, async ({ executionArn = '', name: execution, startDate }) => {
        const who = `the execution ${execution} of ${name} runs`
        this.#add(arn, who)
        const isToday = startDate !== undefined && startDate.getTime() > changed + CHANGE_SPREADS_MS
        const begun = isToday ? template : await this.#templateOf(executionArn)
        this.byTemplate(begun ?? template, who)
      })
    }
  }

  async byJobs(jobs: Job[]): Promise<void> {
    await pLimit(AT_ONCE).map(jobs, (job) => this.#byJob(job))
  }

  /** A clean-up that failed may be asked for again, in the function that it failed in. */
  async byWhatIsLeftBehind(template: string): Promise<void> {
    let after: string | null = null
    do {
      const query = { template, state: 'FAILED' as const, limit: PAGE, ...(after === null ? {} : { after }) }
      const { items, next } = await this.#clients.jobs.newest(query)
      await this.byJobs(items.filter(({ left_behind }) => left_behind.length > 0))
      after = next
    } while (after !== null)
  }

  async #byJob(job: Job): Promise<void> {
    const who = `the job ${job.job_execution_id} (${job.state})`
    const machineArn = job.execution_arn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '')
    this.#add(machineArn, who)
    const steps = await this.#clients.steps.list(job.job_execution_id)
    for (const { function_arn, external } of steps) {
      for (const arn of [function_arn, ...Object.values(external?.functions ?? {})]) {
        if (arn !== null) this.#add(arn, who)
      }
    }
    // Steps that an older version claimed do not name their function: it is that of the template.
    const template = steps.some(({ function_arn }) => function_arn === null)
      ? await this.#templateOf(job.execution_arn)
      : this.#machines.get(machineArn)?.template
    if (template) this.byTemplate(template, who)
  }

  /** Null where it cannot be known any more. */
  async #templateOf(executionArn: string): Promise<Template | null> {
    const command = new DescribeStateMachineForExecutionCommand({ executionArn })
    try {
      const { stateMachineArn = '', definition = '{}' } = await this.#clients.stepFunctions.send(command)
      return parseTemplate(stateMachineArn, definition)
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return null
      if (error instanceof Error && error.name === 'StateMachineDoesNotExist') return null
      throw error
    }
  }

  #add(arn: string, who: string): void {
    if (!this.found.has(arn)) this.found.set(arn, who)
  }
}

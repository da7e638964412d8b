import type { Execution, Executions } from '#aws/executions.ts'
import type { ExecutionEnd } from '#core/job/job.ts'

export type FakeExecutions = Executions & {
  all: Map<string, Execution>
  stops: string[]
  /** Ends the execution as Step Functions itself, or a person, would. */
  end(
    arn: string,
    status: ExecutionEnd['status'],
    told?: { error: string | null; cause: string | null },
  ): void
  /** Makes the next calls of `stop` fail. */
  failStops: Error[]
}

const nameOf = (arn: string): string => arn.split(':').at(-1) ?? ''
const executionArn = (machine: string, name: string): string =>
  `${machine.replace(':stateMachine:', ':execution:')}:${name}`

/** Step Functions as far as the use cases see it. */
export function fakeExecutions(): FakeExecutions {
  const all = new Map<string, Execution>()
  const stops: string[] = []
  const failStops: Error[] = []
  const end: FakeExecutions['end'] = (arn, status, told = { error: null, cause: null }) => {
    const found = all.get(arn)
    if (found?.status === 'RUNNING') all.set(arn, { ...found, status, end: { status, ...told } })
  }
  return {
    all,
    stops,
    failStops,
    end,
    async start(machine, name, input) {
      const arn = executionArn(machine, name)
      if (all.has(arn)) return false
      all.set(arn, { name, status: 'RUNNING', started_at: new Date().toISOString(), input, end: null })
      return true
    },
    describe: async (arn) => all.get(arn),
    async stop(job) {
      const error = failStops.shift()
      if (error) throw error
      stops.push(job.execution_arn)
      if (!all.has(job.execution_arn)) return false
      end(job.execution_arn, 'ABORTED', { error: 'JobAborted', cause: null })
      return true
    },
    running: async (machine) =>
      [...all]
        .filter(([arn, found]) => found.status === 'RUNNING' && arn.startsWith(executionArn(machine, '')))
        .map(([arn]) => nameOf(arn)),
  }
}

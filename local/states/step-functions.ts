import { AwsError, type AwsJsonService, type BusEvent, type LambdaInvoker } from '#local/types.ts'
import type { MachineDescription } from './definition.ts'
import { createExecutionLog, type ExecutionLog, type ExecutionRow } from './execution-log.ts'
import type { Children } from './flow.ts'
import { createExecutions, type Host } from './live-executions.ts'
import { checkMachine } from './machine-check.ts'
import { operations } from './operations/operations.ts'
import type { Service } from './operations/service.ts'
import { startExecution } from './operations/start-execution.ts'
import { createRecorder } from './recorder.ts'
import { endNote, publishStatus } from './status.ts'
import { createTokens } from './task-tokens.ts'

export type StatesOptions = {
  dbPath: string
  region: string
  account: string
  lambda: LambdaInvoker
  publish(event: BusEvent): void
  /** A state machine was deleted. */
  onDelete?: ((machineArn: string) => void) | undefined
}

export type States = {
  /** Throws one line naming machine and state for what cannot be run here. */
  register(machine: MachineDescription): void
  handle: AwsJsonService
  /** At start: executions that a kill left RUNNING become ABORTED. Tells how many. */
  recover(): number
  /** Running executions stay RUNNING in the database; the next `recover` reports them. */
  close(): Promise<void>
}

/** The local Step Functions. */
export function createStates(options: StatesOptions): States {
  const log = createExecutionLog(options.dbPath)
  const tokens = createTokens((arn) => log.find(arn) !== undefined)
  const host: Host = { ...options, log, tokens, children: nestedExecutions(() => service) }
  const { onDelete } = options
  const service: Service = { ...host, onDelete, machines: new Map(), executions: createExecutions(host) }
  let closed = false
  return {
    register(machine) {
      service.machines.set(machine.arn, { ...machine, body: checkMachine(machine), createdAt: Date.now() })
    },
    async handle(operation, input) {
      const run = operations.get(operation)
      if (!run)
        throw new AwsError('UnknownOperationException', `the operation ${operation} is not known here`)
      if (closed) throw new AwsError('ServiceUnavailable', 'the service is stopping', { status: 503 })
      return run(service, input)
    },
    recover() {
      const left = log.running().filter((row) => !service.executions.has(row.arn))
      for (const row of left) abortLeftover(log, row)
      for (const row of left) publishStatus(host, row.arn)
      return left.length
    },
    async close() {
      if (closed) return
      closed = true
      service.executions.detachAll()
      log.close()
    },
  }
}

function abortLeftover(log: ExecutionLog, row: ExecutionRow): void {
  const cause = 'the local runtime ended while this execution was running'
  const end = { status: 'ABORTED', error: 'RuntimeEnded', cause } as const
  const recorder = createRecorder(log, row.id, log.lastEvent(row.id))
  recorder.append(endNote(end, recorder.last))
  log.end(row.id, end, Date.now())
}

/** How a Task that starts an execution reaches the service it runs in. */
function nestedExecutions(service: () => Service): Children {
  return {
    start({ StateMachineArn, Name, Input }) {
      const input = typeof Input === 'string' ? Input : JSON.stringify(Input ?? {})
      return startExecution(service(), { stateMachineArn: StateMachineArn, name: Name, input })
    },
    stop(executionArn, cause) {
      service().executions.end(executionArn, { status: 'ABORTED', cause })
    },
    onEnd: (executionArn, listener) => service().executions.onEnd(executionArn, listener),
  }
}

import type { Job } from '#core/job/job.ts'
import type { JsonText } from '#core/value.ts'
import type { Execution, Executions } from '#engine/ports.ts'

/**
 * A step that nobody aborts asks nothing of Step Functions: the client, an eighth of its code, is loaded when it is
 * first needed.
 */
export class ExecutionsOnDemand implements Executions {
  async start(stateMachineArn: string, name: string, input: JsonText): Promise<boolean> {
    return (await load()).start(stateMachineArn, name, input)
  }

  async describe(executionArn: string): Promise<Execution | undefined> {
    return (await load()).describe(executionArn)
  }

  async stop(job: Job): Promise<boolean> {
    return (await load()).stop(job)
  }

  async running(stateMachineArn: string): Promise<string[]> {
    return (await load()).running(stateMachineArn)
  }
}

async function load(): Promise<Executions> {
  const [{ StepFunctionsExecutions }, { stepFunctions }] = await Promise.all([
    import('./executions.ts'),
    import('./step-functions.ts'),
  ])
  return new StepFunctionsExecutions(stepFunctions())
}

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Child, ChildJobs, ChildQuestion } from './child-jobs.ts'

const TIMES = { connectionTimeout: 3_000, requestTimeout: 35_000, throwOnRequestTimeout: true }

/** Asks the function of the product that starts jobs for actions. */
export class AskedJobs implements ChildJobs {
  private readonly functionName: string
  private readonly client = new LambdaClient({ requestHandler: TIMES })

  constructor(functionName: string) {
    this.functionName = functionName
  }

  async ask(question: ChildQuestion, signal: AbortSignal): Promise<Child | null> {
    const command = new InvokeCommand({ FunctionName: this.functionName, Payload: JSON.stringify(question) })
    try {
      const { FunctionError, Payload } = await this.client.send(command, { abortSignal: signal })
      return FunctionError || !Payload ? null : (JSON.parse(Buffer.from(Payload).toString()) as Child)
    } catch {
      // Whatever it is, the same question may be asked again.
      signal.throwIfAborted()
      return null
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Target } from '#local/events/event-bridge.ts'
import type { Queues } from '#local/sqs/queues.ts'
import type { LambdaInvoker } from '#local/types.ts'

export type TargetOptions = {
  lambda: LambdaInvoker
  queues: Pick<Queues, 'send'>
  log(line: string): void
  /** Waits before Lambda's two retries of an asynchronous event. @default 1 s and 2 s, where AWS takes minutes */
  retryDelaysMs?: number[]
}

/** Refuses at start what could never be delivered. */
export function checkTargetArn(ruleName: string, { id, arn }: Target): void {
  if (arn.split(':')[2] === 'lambda') return
  throw new Error(`rule ${ruleName}: target ${id} (${arn}) does not run here; only a Lambda function does`)
}

/**
 * Brings a rule's event to its function; rejects when it must be tried again. Lambda's own queue retries an error
 * of the function twice and then lets the event go; the bus keeps the delivery until this returns, so that a kill
 * in between repeats it.
 */
export function createDeliver(options: TargetOptions) {
  const delays = options.retryDelaysMs ?? [1_000, 2_000]
  return async (target: Target, event: unknown): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      const { functionError } = await options.lambda.invoke(target.arn, event)
      if (!functionError) return
      const delay = delays[tries - 1]
      if (delay === undefined)
        return giveUp(options, target, { event, tries, reason: functionError.errorMessage })
      await sleep(delay, undefined, { ref: false })
    }
  }
}

type Failure = { event: unknown; tries: number; reason: string }

function giveUp({ queues, log }: TargetOptions, target: Target, { event, tries, reason }: Failure): void {
  log(`${target.arn.split(':').at(-1)} failed ${tries} times on an event: ${reason}`)
  if (target.deadLetterArn) queues.send(target.deadLetterArn, JSON.stringify(event))
}

import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventBridge, Target } from '#local/events/bus.ts'
import type { Queues } from '#local/sqs/queues.ts'
import type { AwsJsonService, BusEvent, LambdaInvoker } from '#local/types.ts'

export type TargetOptions = {
  dataDir: string
  lambda: LambdaInvoker
  states(): AwsJsonService
  events(): EventBridge
  queues: Queues
  log(line: string): void
  /** Waits before Lambda's two retries of an asynchronous event. @default 1 s and 2 s, where AWS takes minutes */
  retryDelaysMs?: number[]
}

type Deliver = (target: Target, event: unknown) => Promise<void>

const SERVICES = ['lambda', 'states', 'sqs', 'logs', 'events'] as const

/** Refuses at start what could never be delivered. */
export function checkTargetArn(ruleName: string, { id, arn }: Target): void {
  if (SERVICES.some((service) => service === serviceOf(arn))) return
  throw new Error(
    `rule ${ruleName}: target ${id} (${arn}) does not run here; there is ${SERVICES.join(', ')}`,
  )
}

/** Brings a rule's event to its target; rejects when it must be tried again. */
export function createDeliver(options: TargetOptions): Deliver {
  const { dataDir, queues } = options
  const logs = join(dataDir, 'logs')
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  return async (target, event) => {
    const service = serviceOf(target.arn)
    if (service === 'lambda') return await invokeFunction(options, target, event)
    const text = JSON.stringify(event)
    if (service === 'states') {
      await options.states()('StartExecution', { stateMachineArn: target.arn, input: text })
    } else if (service === 'sqs') queues.send(target.arn, text)
    else if (service === 'events') options.events().put(event as BusEvent, target.arn.split('/').at(-1))
    else {
      const group = (target.arn.split(':log-group:')[1] ?? 'events').replace(/:\*$/, '')
      appendFileSync(join(logs, `${group.replaceAll('/', '_')}.ndjson`), `${text}\n`, { mode: 0o600 })
    }
  }
}

function serviceOf(arn: string): string | undefined {
  return arn.split(':')[2]
}

// Lambda's own queue retries a function's error twice and then lets the event go; the delivery is kept by the
// bus until this returns, so that a kill in between repeats it.
async function invokeFunction(options: TargetOptions, target: Target, event: unknown): Promise<void> {
  const delays = options.retryDelaysMs ?? [1_000, 2_000]
  for (let attempt = 0; ; attempt++) {
    const { functionError } = await options.lambda.invoke(target.arn, event)
    if (!functionError) return
    const delay = delays[attempt]
    if (delay !== undefined) {
      await sleep(delay, undefined, { ref: false })
      continue
    }
    const name = target.arn.split(':').at(-1)
    options.log(`${name} failed ${attempt + 1} times on an event: ${functionError.errorMessage}`)
    if (target.deadLetterArn) options.queues.send(target.deadLetterArn, JSON.stringify(event))
    return
  }
}

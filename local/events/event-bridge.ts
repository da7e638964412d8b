import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AwsError, type AwsJsonService, type BusEvent } from '#local/types.ts'
import { Dispatcher } from './dispatcher.ts'
import { openEventLog } from './event-log.ts'
import { createEventStream } from './event-stream.ts'
import { putEvents } from './put-events.ts'
import type { Rule, RuleOptions, Target } from './rule.ts'
import { RuleBook } from './rule-book.ts'

export type { RuleOptions, Target } from './rule.ts'

export type EventBridgeOptions = {
  dataDir: string
  region: string
  account: string
  /** Gets the target and its input; rejects when the target did not take it. */
  deliver(target: Target, event: unknown): Promise<void>
  /** Waits between attempts; the last one repeats. */
  retryDelaysMs?: number[]
}

export type EventBridge = {
  addBus(name: string): void
  addRule(rule: RuleOptions): void
  /** Puts an event of an AWS service; once this returns, its deliveries survive a kill. */
  put(event: BusEvent, busName?: string): void
  handle: AwsJsonService
  handleEvents(req: IncomingMessage, res: ServerResponse): Promise<boolean>
  /** Repeats what an earlier run owed and starts the schedules. */
  start(): void
  /** Runs a scheduled rule now. */
  fire(ruleName: string): void
  close(): Promise<void>
}

export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { region, account } = options
  const directory = join(options.dataDir, 'events')
  const log = openEventLog(directory)
  const rules = new RuleBook({ region, account })
  const stream = createEventStream(log)
  const timers: NodeJS.Timeout[] = []
  const dispatcher = new Dispatcher({
    dataDir: directory,
    deliver: options.deliver,
    findRule: (bus, name) => rules.find(bus, name),
    ...(options.retryDelaysMs && { retryDelaysMs: options.retryDelaysMs }),
  })

  const put = (event: BusEvent, busName = 'default'): void => {
    dispatcher.accept(busName, event, rules.matching(busName, event))
    log.append(busName, event)
  }
  const fireRule = (rule: Rule): void => {
    const event = scheduledEvent(rule, options)
    dispatcher.accept(rule.busName, event, [rule])
  }

  return {
    addBus: (name) => rules.addBus(name),
    addRule: (rule) => rules.add(rule),
    put,
    async handle(operation, input) {
      if (operation === 'PutEvents') return putEvents({ region, account, rules, put }, input)
      throw new AwsError('UnknownOperationException', `${operation} is not run here; there is PutEvents`)
    },
    handleEvents: stream.handle,
    start() {
      dispatcher.resume()
      for (const rule of rules.scheduled()) {
        if (rule.enabled) timers.push(setInterval(() => fireRule(rule), rule.periodMs).unref())
      }
    },
    fire(ruleName) {
      const rule = rules.scheduled().find(({ name }) => name === ruleName)
      if (rule === undefined) throw new Error(`there is no scheduled rule ${ruleName}`)
      fireRule(rule)
    },
    async close() {
      for (const timer of timers) clearInterval(timer)
      stream.close()
      dispatcher.close()
    },
  }
}

function scheduledEvent(rule: Rule, { region, account }: EventBridgeOptions): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [rule.arn],
    detail: {},
  }
}

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { AwsJsonService, BusEvent } from '#local/types.ts'
import { createDispatcher } from './dispatcher.ts'
import { openEventLog } from './ndjson.ts'
import { createOperations } from './operations.ts'
import { compileRule, type Rule, type RuleOptions, type Target } from './rules.ts'
import { createEventStream } from './stream.ts'
import { checkTarget } from './target-input.ts'

export type { RuleOptions, Target } from './rules.ts'

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
  const buses = new Map<string, Map<string, Rule>>([['default', new Map()]])
  const stream = createEventStream(log)
  const timers: NodeJS.Timeout[] = []
  const dispatcher = createDispatcher({
    dataDir: directory,
    deliver: options.deliver,
    findRule: (bus, name) => buses.get(bus)?.get(name),
    ...(options.retryDelaysMs && { retryDelaysMs: options.retryDelaysMs }),
  })

  const rulesOf = (busName: string): Map<string, Rule> => {
    const rules = buses.get(busName)
    if (rules) return rules
    throw new Error(`there is no event bus ${busName}; add it first (known: ${[...buses.keys()].join(', ')})`)
  }
  const put = (event: BusEvent, busName = 'default'): void => {
    const matching = [...rulesOf(busName).values()].filter((rule) => rule.enabled && rule.matches(event))
    dispatcher.accept(busName, event, matching)
    log.append(busName, event)
  }
  const fireRule = (rule: Rule): void => {
    const event = scheduledEvent(rule, options)
    dispatcher.accept(rule.busName, event, [rule])
  }

  return {
    addBus(name) {
      if (!buses.has(name)) buses.set(name, new Map())
    },
    addRule(rule) {
      for (const target of rule.targets) checkTarget(target, rule.name)
      rulesOf(rule.busName).set(rule.name, compileRule({ region, account }, rule))
    },
    put,
    handle: createOperations({ region, account, buses, put, hasBus: (name) => buses.has(name) }),
    handleEvents: stream.handle,
    start() {
      dispatcher.resume()
      for (const rule of [...buses.values()].flatMap((rules) => [...rules.values()])) {
        if (!rule.enabled || rule.periodMs === undefined) continue
        timers.push(setInterval(() => fireRule(rule), rule.periodMs).unref())
      }
    },
    fire(ruleName) {
      const rule = [...buses.values()].map((rules) => rules.get(ruleName)).find((found) => found?.schedule)
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

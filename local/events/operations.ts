import { AwsError, type AwsJsonService } from '#local/types.ts'
import { compilePattern } from './pattern.ts'
import { busNameOf, type PutEventsContext, putEvents } from './put-events.ts'
import { busArn, type Rule } from './rules.ts'
import type { Target } from './target-input.ts'

type Input = Record<string, unknown>

/** The operations of EventBridge that need no write to the template's rules. */
export function createOperations(context: PutEventsContext): AwsJsonService {
  const operations: Record<string, (input: Input) => object> = {
    PutEvents: (input) => putEvents(context, input),
    ListRules: (input) => ({ Rules: context.rules.on(busOf(context, input)).map(described) }),
    DescribeRule: (input) => described(ruleOf(context, input, 'Name')),
    ListTargetsByRule: (input) => ({ Targets: ruleOf(context, input, 'Rule').targets.map(describedTarget) }),
    ListEventBuses: () => ({
      EventBuses: context.rules.busNames().map((name) => ({ Name: name, Arn: busArn(context, name) })),
    }),
    TestEventPattern: (input) => {
      const matches = compilePattern(jsonOf(input, 'EventPattern', 'InvalidEventPatternException'))
      return { Result: matches(jsonOf(input, 'Event', 'ValidationException')) }
    },
  }
  return async (operation, input) => {
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined
    if (run) return run(input)
    const names = Object.keys(operations).join(', ')
    throw new AwsError('UnknownOperationException', `${operation} is not run locally; there is ${names}`)
  }
}

function busOf({ rules }: PutEventsContext, input: Input): string {
  const name = busNameOf(input.EventBusName)
  if (rules.hasBus(name)) return name
  throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`)
}

function ruleOf(context: PutEventsContext, input: Input, field: 'Name' | 'Rule'): Rule {
  const bus = busOf(context, input)
  const rule = context.rules.find(bus, String(input[field]))
  if (rule) return rule
  throw new AwsError('ResourceNotFoundException', `Rule ${input[field]} does not exist on EventBus ${bus}.`)
}

function described(rule: Rule): object {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.busName,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    EventPattern: rule.pattern && JSON.stringify(rule.pattern),
    ScheduleExpression: rule.schedule,
  }
}

function describedTarget(target: Target): object {
  const { inputTransformer: transformer, deadLetterArn, maximumRetryAttempts } = target
  return {
    Id: target.id,
    Arn: target.arn,
    Input: target.input,
    InputPath: target.inputPath,
    InputTransformer: transformer && {
      InputPathsMap: transformer.inputPathsMap,
      InputTemplate: transformer.inputTemplate,
    },
    DeadLetterConfig: deadLetterArn && { Arn: deadLetterArn },
    RetryPolicy:
      maximumRetryAttempts === undefined ? undefined : { MaximumRetryAttempts: maximumRetryAttempts },
  }
}

function jsonOf(input: Input, field: string, code: string): unknown {
  try {
    return JSON.parse(String(input[field]))
  } catch {
    throw new AwsError(code, `${field} is not JSON`)
  }
}

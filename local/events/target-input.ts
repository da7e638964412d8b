import type { BusEvent } from '#local/types.ts'

export type InputTransformer = { inputPathsMap?: Record<string, string>; inputTemplate: string }

export type Target = {
  id: string
  arn: string
  input?: string
  inputPath?: string
  inputTransformer?: InputTransformer
  deadLetterArn?: string
  maximumRetryAttempts?: number
}

type RuleName = { name: string; arn: string }

/** What a target gets: the event, a part of it, a constant, or the transformer's text. */
export function inputOf(target: Target, rule: RuleName, event: BusEvent): unknown {
  if (target.input !== undefined) return JSON.parse(target.input)
  if (target.inputPath !== undefined) return at(event, target.inputPath)
  if (target.inputTransformer) return transform(target.inputTransformer, rule, event)
  return event
}

/** Refuses at the start what would fail at each event. */
export function checkTarget({ id, input, inputPath, inputTransformer }: Target, ruleName: string): void {
  try {
    if (input !== undefined) JSON.parse(input)
    const paths = [inputPath ?? '$', ...Object.values(inputTransformer?.inputPathsMap ?? {})]
    for (const path of paths) segmentsOf(path)
  } catch (error) {
    throw new Error(`rule ${ruleName}, target ${id}: ${(error as Error).message}`)
  }
}

function transform(transformer: InputTransformer, rule: RuleName, event: BusEvent): unknown {
  const values: Record<string, unknown> = {
    'aws.events.event': event,
    'aws.events.event.json': event,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.rule-name': rule.name,
    'aws.events.rule-arn': rule.arn,
  }
  for (const [name, path] of Object.entries(transformer.inputPathsMap ?? {})) values[name] = at(event, path)
  return JSON.parse(fill(transformer.inputTemplate, values))
}

/** Inside quotes a placeholder is text, elsewhere the value as JSON; a path that finds nothing gives null. */
function fill(template: string, values: Record<string, unknown>): string {
  const tokens = /"(?:[^"\\]|\\.)*"|<([\w.-]+)>/g
  return template.replace(tokens, (token, name: string | undefined) => {
    if (name !== undefined) return JSON.stringify(values[name] ?? null)
    return token.replace(/<([\w.-]+)>/g, (_all, inner: string) => escaped(values[inner]))
  })
}

function escaped(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  return JSON.stringify(text).slice(1, -1)
}

function at(event: unknown, path: string): unknown {
  let value = event
  for (const segment of segmentsOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<string, unknown>)[segment]
  }
  return value
}

function segmentsOf(path: string): string[] {
  if (!/^\$((\.[\w-]+)|(\[\d+\])|(\['[^']+'\]))*$/.test(path)) {
    throw new Error(`the path ${path} cannot run locally; use $.name, $.name[0] or $['name']`)
  }
  return [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')
}

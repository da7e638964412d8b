import type { Json, JsonObject } from './assembly.ts'
import { attributeOf, physicalName } from './attributes.ts'
import { type Context, type PlacedResource, PSEUDO } from './template-context.ts'

type Evaluate = (argument: Json, context: Context) => Json | undefined

const FUNCTIONS: Record<string, Evaluate> = {
  Ref: (argument, context) => reference(String(argument), context),
  'Fn::GetAtt': (argument, context) => {
    const [id = '', ...path] = Array.isArray(argument) ? argument : String(argument).split('.')
    return attribute(context, String(id), path.map((part) => String(resolve(part, context))).join('.'))
  },
  'Fn::Join': (argument, context) => {
    const [separator, parts] = argument as [string, Json]
    return list(parts, context).map(String).join(separator)
  },
  'Fn::Sub': (argument, context) => substitute(argument, context),
  'Fn::ImportValue': (argument, context) => imported(String(resolve(argument, context)), context),
}

/** The value with every intrinsic function worked out; undefined for AWS::NoValue. */
export function resolve(value: Json, context: Context): Json | undefined {
  if (typeof value === 'string') return localized(value, context)
  if (Array.isArray(value)) return list(value, context)
  if (value === null || typeof value !== 'object') return value
  const [[key, argument] = []] = Object.entries(value)
  if (key !== undefined && isIntrinsic(value)) {
    const evaluate = FUNCTIONS[key]
    if (!evaluate) throw new Error(`${key} is not supported by the local runtime; add it to local/template`)
    const result = evaluate(argument!, context)
    return typeof result === 'string' ? localized(result, context) : result
  }
  return resolveObject(value, context)
}

/** What a stack of the assembly exports by this name. */
function imported(name: string, context: Context): Json | undefined {
  for (const stack of context.assembly.stacks) {
    const there = { ...context, stack }
    const outputs = Object.values(stack.template.Outputs ?? {})
    const found = outputs.find(({ Export }) => Export && resolve(Export.Name, there) === name)
    if (found) return resolve(found.Value, there)
  }
  throw new Error(`no stack of the app exports ${name}; what was deployed elsewhere does not run here`)
}

/** Stands for what cannot be worked out here, in a policy. */
export const UNKNOWN = '<unknown>'

/** As far as it can be worked out: what means nothing on one machine may refer to what is not here. */
export function resolveKnown(value: Json, context: Context): Json {
  try {
    return resolve(value, context) ?? null
  } catch {
    if (Array.isArray(value)) return value.map((item) => resolveKnown(item, context))
    if (value === null || typeof value !== 'object' || isIntrinsic(value)) return UNKNOWN
    const known = Object.entries(value).map(([key, item]) => [key, resolveKnown(item, context)])
    return Object.fromEntries(known) as JsonObject
  }
}

function isIntrinsic(value: JsonObject): boolean {
  const [key, second] = Object.keys(value)
  return key !== undefined && second === undefined && (key === 'Ref' || key.startsWith('Fn::'))
}

export function resolveObject(value: JsonObject, context: Context): JsonObject {
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, context)])
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as JsonObject
}

function list(value: Json, context: Context): Json[] {
  const items = Array.isArray(value) ? value.map((item) => resolve(item, context)) : resolve(value, context)
  if (!Array.isArray(items)) throw new Error(`expected a list, got ${JSON.stringify(items)}`)
  return items.filter((item) => item !== undefined)
}

// The URL that a stack builds for its HTTP API has no meaning here: it becomes the local server's.
function localized(text: string, { urls }: Context): string {
  return text.includes('.execute-api.')
    ? text.replace(/https:\/\/[A-Za-z0-9-]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com/g, urls.apiUrl)
    : text
}

function reference(id: string, context: Context): Json | undefined {
  if (id === 'AWS::NoValue') return undefined
  const pseudo = PSEUDO[id]
  if (pseudo) return pseudo(context)
  return attribute(context, id, 'ref')
}

function attribute(context: Context, logicalId: string, name: string): string {
  const resource = context.stack.template.Resources?.[logicalId]
  if (!resource)
    throw new Error(`stack ${context.stack.name} has no resource ${logicalId}; parameters do not run here`)
  const placed = { logicalId, resource }
  return attributeOf({ ...placed, context, name: nameOf(placed, context) }, name)
}

export function nameOf(placed: PlacedResource, context: Context): string {
  return physicalName({ ...placed, context }, (value) => resolve(value, context) ?? null)
}

function substitute(argument: Json, context: Context): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}]
  const own = (variables ?? {}) as JsonObject
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (own[name] !== undefined) return String(resolve(own[name], context))
    const [id = '', ...path] = name.trim().split('.')
    return String(path.length > 0 ? attribute(context, id, path.join('.')) : reference(id, context))
  })
}

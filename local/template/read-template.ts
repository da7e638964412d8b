import { type Resource, readAssembly, type Stack } from './assembly.ts'
import { codeOf, readFunction, readStateMachine } from './compute-resources.ts'
import { type Entry, entryOf } from './entry.ts'
import { readEventSource, readRule } from './event-resources.ts'
import { readHttpApi } from './http-routes.ts'
import { resolve, resolveObject } from './intrinsics.ts'
import { checkType, SUPPORTED } from './kinds.ts'
import type { Model } from './model.ts'
import { stackResources } from './stack-resources.ts'
import { readTable } from './table-resource.ts'
import type { Context, Urls, Versions } from './template-context.ts'

const FIRST: Versions = { versionNumber: () => 1 }

/** Reads the assembly in a folder and works out every resource that runs here. */
export function readTemplate(assemblyDir: string, urls: Urls, versions: Versions = FIRST): Model {
  const assembly = readAssembly(assemblyDir)
  const model: Model = {
    resources: [],
    tables: [],
    functions: [],
    stateMachines: [],
    buses: [],
    rules: [],
    eventSources: [],
    httpApis: [],
    buckets: [],
    queues: [],
    outputs: {},
  }
  const places: Places = new Map()
  for (const stack of assembly.stacks) {
    const context = { assembly, stack, urls, versions }
    const resources = Object.entries(stack.template.Resources ?? {})
    for (const [logicalId, { Type }] of resources) checkType(logicalId, Type)
    const live = resources.filter(([, { Type }]) => SUPPORTED.has(Type))
    const entries = live.map(([logicalId, resource]) => readEntry(logicalId, resource, context))
    for (const entry of entries) takePlace(places, entry)
    for (const entry of entries) addResource(model, entry, entries)
    model.resources.push(...stackResources(context))
    addOutputs(model, context)
  }
  return model
}

function readEntry(logicalId: string, resource: Resource, context: Context): Entry {
  try {
    checkUnconditional(resource.Condition)
    const properties = resolveObject(resource.Properties ?? {}, context)
    return entryOf({ logicalId, resource, properties, context })
  } catch (error) {
    throw new Error(`${logicalId} (${resource.Type}): ${(error as Error).message}`)
  }
}

/** By its ARN, the stack that a resource is in. */
type Places = Map<string, Stack>

/** On one machine there is one account and one region, whatever the stacks say. */
function takePlace(places: Places, { type, name, arn, context: { stack } }: Entry): void {
  if (arn === '') return
  const taken = places.get(arn)
  if (taken === undefined || taken === stack) return void places.set(arn, stack)
  throw new Error(
    `${type} ${name} is in the stack ${taken.name} and in ${stack.name}: one account and region holds one; run an app with one of them`,
  )
}

function addResource(model: Model, entry: Entry, entries: Entry[]): void {
  const { type, name, arn } = entry
  if (type === 'AWS::Lambda::Function') model.functions.push(readFunction(entry, codeOf(entry)))
  else if (type === 'AWS::StepFunctions::StateMachine') model.stateMachines.push(readStateMachine(entry))
  else if (type === 'AWS::Events::EventBus') model.buses.push(name)
  else if (type === 'AWS::Events::Rule') model.rules.push(readRule(entry))
  else if (type === 'AWS::Lambda::EventSourceMapping') model.eventSources.push(readEventSource(entry))
  else if (type === 'AWS::ApiGatewayV2::Api') model.httpApis.push(readHttpApi(entry, entries))
  else if (type === 'AWS::S3::Bucket') model.buckets.push(name)
  else if (type === 'AWS::SQS::Queue') model.queues.push({ name, arn })
  else if (type === 'AWS::DynamoDB::Table') model.tables.push(readTable(entry))
}

function addOutputs(model: Model, context: Context): void {
  for (const [id, output] of Object.entries(context.stack.template.Outputs ?? {})) {
    checkUnconditional(output.Condition)
    const value = resolve(output.Value, context)
    if (typeof value === 'string') model.outputs[id] = value
  }
}

function checkUnconditional(condition: string | undefined): void {
  if (condition !== undefined)
    throw new Error(`the condition ${condition} cannot be worked out here; remove it`)
}

import { paginateListStackResources } from '@aws-sdk/client-cloudformation'
import {
  type FunctionConfiguration,
  paginateListFunctions,
  paginateListVersionsByFunction,
} from '@aws-sdk/client-lambda'
import { DescribeStateMachineCommand, paginateListStateMachines } from '@aws-sdk/client-sfn'
import { parseTemplate, type Template } from '#core/template.ts'
import type { Clients } from './clients.ts'

/** What is deployed under a prefix, of this deployment and of earlier ones. */
export type Account = {
  /** What the stack has now, by its physical id, and when it was last changed. */
  owned: Map<string, Date>
  /** Functions of steps. */
  functions: StepFunction[]
  /** State machines of job templates. */
  machines: Machine[]
}

/** `role` and `logGroup` are names; a log group is null where it is not told. */
type Belongings = { role: string; logGroup: string | null }
/** `versions`: ARNs of the published ones, the oldest first. */
export type StepFunction = Belongings & { name: string; arn: string; versions: string[] }
export type Machine = Belongings & { name: string; arn: string; template: Template }

export type AccountOptions = {
  prefix: string
  /** Null where it was destroyed. */
  stack: string | null
}

/** @throws Error where there is no such stack */
export async function readAccount(clients: Clients, { prefix, stack }: AccountOptions): Promise<Account> {
  const owned = stack === null ? new Map<string, Date>() : await readOwned(clients, stack)
  const [functions, machines] = await Promise.all([
    readFunctions(clients, prefix),
    readMachines(clients, prefix),
  ])
  return { owned, functions, machines }
}

async function readOwned({ cloudFormation: client }: Clients, stack: string): Promise<Map<string, Date>> {
  const owned = new Map<string, Date>()
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stack },
  )) {
    for (const { PhysicalResourceId, LastUpdatedTimestamp } of StackResourceSummaries) {
      if (PhysicalResourceId) owned.set(PhysicalResourceId, LastUpdatedTimestamp ?? new Date())
    }
  }
  return owned
}

/** Other functions may begin their names so: those of steps know the job table. */
async function readFunctions(clients: Clients, prefix: string): Promise<StepFunction[]> {
  const client = clients.lambda
  const found: FunctionConfiguration[] = []
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) found.push(...Functions)
  const steps = found.filter(
    ({ FunctionName = '', Environment }) =>
      FunctionName.startsWith(`${prefix}-`) && Environment?.Variables?.TABLE_NAME === `${prefix}-jobs`,
  )
  const functions: StepFunction[] = []
  for (const { FunctionName: name = '', FunctionArn: arn = '', Role = '', LoggingConfig } of steps) {
    const belongings = { role: nameIn(Role), logGroup: LoggingConfig?.LogGroup ?? null }
    functions.push({ name, arn, ...belongings, versions: await versionsOf(clients, name) })
  }
  return functions
}

async function versionsOf({ lambda: client }: Clients, FunctionName: string): Promise<string[]> {
  const numbered = new Map<string, number>()
  for await (const { Versions = [] } of paginateListVersionsByFunction({ client }, { FunctionName })) {
    for (const { Version, FunctionArn = '' } of Versions) {
      if (Version !== '$LATEST') numbered.set(FunctionArn, Number(Version))
    }
  }
  return [...numbered].sort(([, a], [, b]) => a - b).map(([arn]) => arn)
}

/** Without those that no AbortableJob made, as the stand-down's. */
async function readMachines({ stepFunctions: client }: Clients, prefix: string): Promise<Machine[]> {
  const machines: Machine[] = []
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { name = '', stateMachineArn: arn = '' } of stateMachines) {
      if (!name.startsWith(`${prefix}-`)) continue
      const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }))
      const template = templateIn(arn, described.definition)
      const [destination] = described.loggingConfiguration?.destinations ?? []
      const logGroup = logGroupIn(destination?.cloudWatchLogsLogGroup?.logGroupArn)
      if (template) machines.push({ name, arn, role: nameIn(described.roleArn ?? ''), logGroup, template })
    }
  }
  return machines
}

function templateIn(arn: string, definition = '{}'): Template | null {
  try {
    return parseTemplate(arn, definition)
  } catch {
    return null
  }
}

const nameIn = (arn: string): string => arn.split('/').at(-1) ?? ''
const logGroupIn = (arn: string | undefined): string | null =>
  arn?.replace(/:\*$/, '').split(':log-group:')[1] ?? null

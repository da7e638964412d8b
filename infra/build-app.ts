import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { BUNDLES_CONTEXT, DRAFT_CONTEXT } from './bundle/code.ts'
import type { OpenStackAuth } from './constructs/api/openstack-authorizer.ts'
import type { Tenants } from './constructs/api/tenants.ts'
import { LOCAL_CONTEXT } from './constructs/local-context.ts'
import type { Network } from './constructs/network.ts'
import type { NodeTag } from './jobs/run-command-access.ts'
import { StanddownStack } from './stack.ts'

export type AppOptions = {
  /** Where the assembly goes. @default CDK_OUTDIR, or cdk.out */
  outdir?: string | undefined
  /** A module whose default export is a function that adds constructs to the stack, as more job templates. */
  extraJobs?: string | undefined
  /** The folder of bundles. @default dist/functions */
  bundles?: string | undefined
  /** Only to be looked at: needs no bundles and is never synthesized. @default false */
  draft?: boolean
  /** To be run on one machine: external steps run their stand-ins. @default false */
  local?: boolean
  /** The buckets that migrations may read and write. @default the context `buckets`, comma-separated, or none */
  buckets?: string[]
  /** ARNs of the KMS keys that encrypt those buckets. @default the context `keys`, comma-separated, or none */
  keys?: string[]
  /** Who checks the tokens of OpenStack's clients. @default the context `keystone` or `openstackTokens`, or nobody */
  openStack?: OpenStackAuth | undefined
  /** Where BMCs can be reached from. @default the contexts `subnets` and `securityGroups` */
  network?: Network | undefined
  /** The documents that fabric jobs may run. @default the context `documents`, comma-separated, or none */
  documents?: string[]
  /** The tag of the nodes that they run on. @default the context `nodeTag`, as key=value, or none */
  nodeTag?: NodeTag
  /** How functions begin that plans may call. @default the context `actionFunctions`, comma-separated, or none */
  actionFunctions?: string[]
  /** How often a clean-up is tried before it counts as failed. @default as JobControl */
  cleanUpTries?: number
  /** Checks the AwsSolutions rules. @default true */
  nag?: boolean
}

type JobsModule = { default?: (stack: StanddownStack) => void }

/**
 * Merged policy statements; what CDK's own validation finds is an error, where CDK_VALIDATION lets it run; and a new
 * version of a function only where something of it changed that a version keeps.
 */
const FLAGS = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  '@aws-cdk/aws-lambda:recognizeVersionProps': true,
}

/** The app with its stack, ready for `synth()`, which throws on a finding. */
export async function buildApp(options: AppOptions = {}): Promise<{ app: App; stack: StanddownStack }> {
  const app = emptyApp(options)
  const stack = new StanddownStack(app, 'Standdown', {
    buckets: options.buckets ?? listOf(app.node.tryGetContext('buckets')),
    keys: options.keys ?? listOf(app.node.tryGetContext('keys')),
    documents: options.documents ?? listOf(app.node.tryGetContext('documents')),
    nodeTag: options.nodeTag ?? tagOf(app.node.tryGetContext('nodeTag')),
    actionFunctions: options.actionFunctions ?? listOf(app.node.tryGetContext('actionFunctions')),
    hosts: listOf(app.node.tryGetContext('hosts')),
    network: options.network ?? networkOf(app),
    prefix: app.node.tryGetContext('prefix'),
    cleanUpTries: options.cleanUpTries,
    capacity: { reserved: countOf(app, 'reserved'), eachStep: countOf(app, 'eachStep') },
    alarmTopicArn: app.node.tryGetContext('alarmTopic'),
    tenants: tenantsOf(app.node.tryGetContext('tenants')),
    openStack: openStackOf(app) ?? options.openStack,
  })
  const extra = options.extraJobs ?? app.node.tryGetContext('extraJobs')
  if (extra) await addJobs(stack, extra)
  if (options.nag ?? true) Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  return { app, stack }
}

/** Under the CDK command line every app synthesizes itself when the process ends: a draft must not. */
function emptyApp({ outdir, bundles, draft = false, local = false }: AppOptions): App {
  return new App({
    analyticsReporting: false,
    context: { ...FLAGS, [BUNDLES_CONTEXT]: bundles, [DRAFT_CONTEXT]: draft, [LOCAL_CONTEXT]: local },
    ...(outdir ? { outdir } : {}),
    ...(draft ? { autoSynth: false } : {}),
  })
}

const listOf = (text: string | undefined): string[] => text?.split(',').filter(Boolean) ?? []

/** `-c nodeTag=Fabric=yes`. */
function tagOf(given: string | undefined): NodeTag | undefined {
  if (given === undefined) return undefined
  const [key = '', ...rest] = given.split('=')
  if (key && rest.length > 0) return { key, value: rest.join('=') }
  throw new Error(`the context nodeTag is ${JSON.stringify(given)}: give a tag as key=value`)
}

/** On the command line context is text: `-c reserved=5`. */
function countOf(app: App, name: string): number | undefined {
  const given = app.node.tryGetContext(name)
  if (given === undefined) return undefined
  const count = Number(given)
  if (Number.isInteger(count) && count > 0) return count
  throw new Error(`the context ${name} is ${JSON.stringify(given)}: give a whole number above 0`)
}

/** In cdk.json an object, on the command line its JSON. */
const tenantsOf = (given: string | Tenants | undefined): Tenants | undefined =>
  typeof given === 'string' ? (JSON.parse(given) as Tenants) : given

function networkOf(app: App): Network | undefined {
  const [subnetIds, securityGroupIds] = ['subnets', 'securityGroups'].map((name) =>
    listOf(app.node.tryGetContext(name)),
  )
  if (!subnetIds?.length && !securityGroupIds?.length) return undefined
  if (subnetIds?.length && securityGroupIds?.length) return { subnetIds, securityGroupIds }
  throw new Error(
    'of the contexts subnets and securityGroups only one is given: a function in a VPC needs both',
  )
}

function openStackOf(app: App): OpenStackAuth | undefined {
  const keystoneUrl = app.node.tryGetContext('keystone')
  const tokensSecret = app.node.tryGetContext('openstackTokens')
  if (keystoneUrl && tokensSecret) {
    throw new Error('the contexts keystone and openstackTokens are both given: one of them checks tokens')
  }
  if (keystoneUrl) return { keystoneUrl }
  if (tokensSecret) return { tokensSecret }
  return undefined
}

async function addJobs(stack: StanddownStack, path: string): Promise<void> {
  const { default: add } = (await import(pathToFileURL(resolve(path)).href)) as JobsModule
  if (typeof add !== 'function') {
    throw new Error(`${path} has no default export that adds jobs: export default (stack) => { ... }`)
  }
  add(stack)
}

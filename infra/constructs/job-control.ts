import { CfnOutput, Stack } from 'aws-cdk-lib'
import * as iam from 'aws-cdk-lib/aws-iam'
import type * as kms from 'aws-cdk-lib/aws-kms'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import type * as sns from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { HOOK_RETRIES } from '#core/clean-up/history.ts'
import type { OpenStackAuth } from './api/openstack-authorizer.ts'
import type { Tenants } from './api/tenants.ts'
import { DEFAULT_PREFIX } from './function-props.ts'
import { JobAlarms } from './job-alarms.ts'
import { JobApi } from './job-api.ts'
import { JobDashboard } from './job-dashboard.ts'
import { JobEvents } from './job-events.ts'
import { JobTable } from './job-table.ts'
import { EXTERNAL_ENTRY, Machines, permit, STAND_DOWN } from './machines.ts'
import type { Network } from './network.ts'
import { type Capacity, ProductFunction, type Shared } from './product-function.ts'
import { StandDown } from './stand-down-machine.ts'

export type JobControlProps = {
  /** Begins the name of every resource. @default standdown */
  prefix?: string | undefined
  /** How long an ended job is kept: 90 or more, since Step Functions frees an execution's name only then. @default 90 */
  retentionDays?: number | undefined
  /** How long a step holds its claim without a checkpoint. @default 30 */
  leaseSeconds?: number | undefined
  /**
   * How often a clean-up or revert is tried, with waits that grow to a minute, before it counts as failed: 1 to 10.
   * @default 10
   */
  cleanUpTries?: number | undefined
  /** Lambda concurrency for aborts, and a limit for steps. @default shared by all with the rest of the account */
  capacity?: Capacity | undefined
  /**
   * Binds the API's callers to tenants, and keeps out all others: the ARN of a role, or a pattern of such ARNs, as
   * `arn:aws:iam::*:role/acme-*`, to tenant. @default no caller is bound
   */
  tenants?: Tenants | undefined
  /** Opens the doors of OpenStack's clients, and says who checks their tokens. @default they are not deployed */
  openStack?: OpenStackAuth | undefined
  /** Encrypts the table of jobs. @default a key of AWS's */
  encryptionKey?: kms.IKey | undefined
  /** The subnets of the functions that all jobs share, with a way to AWS. @default those of Lambda's own */
  network?: Network | undefined
  /** Is told when something is wrong, see docs/operations.md. @default there are no alarms */
  alarmTopic?: sns.ITopic | undefined
}

/** By these tries the rounds of a stand-down are measured, so that its history never fills. */
function refuseTries(tries: number): void {
  const most = HOOK_RETRIES.failed + 1
  if (Number.isInteger(tries) && tries >= 1 && tries <= most) return
  throw new Error(`cleanUpTries is ${tries}: choose a whole number from 1 to ${most}`)
}

/**
 * What all abortable jobs of a deployment share: their table, API, events, stand-down and commit.
 *
 * @example const control = new JobControl(this, 'JobControl')
 */
export class JobControl extends Construct {
  readonly prefix: string
  readonly leaseSeconds: number
  readonly table: JobTable
  readonly machines: Machines
  readonly standDown: StandDown
  readonly commit: lambda.Function
  /** Claims and ends the steps whose tasks run no code of ours. */
  readonly external: ProductFunction
  readonly api: JobApi
  readonly events: JobEvents
  readonly shared: Shared
  private readonly alarms: JobAlarms | undefined

  constructor(scope: Construct, id: string, props: JobControlProps = {}) {
    super(scope, id)
    const { prefix = DEFAULT_PREFIX, leaseSeconds = 30, retentionDays = 90, cleanUpTries = 10 } = props
    const { capacity = {}, tenants, openStack } = props
    refuseShort(retentionDays)
    refuseTries(cleanUpTries)
    this.prefix = prefix
    this.leaseSeconds = leaseSeconds
    this.table = new JobTable(this, 'Jobs', { prefix, encryptionKey: props.encryptionKey })
    this.machines = new Machines(this, 'Machines', { prefix })
    const { table, machines } = this
    this.shared = { prefix, table, machines, retentionDays, cleanUpTries, capacity, network: props.network }
    this.standDown = new StandDown(this, 'StandDown', this.shared)
    this.commit = this.committer()
    this.external = this.claimer()
    this.api = new JobApi(this, 'Api', { shared: this.shared, tenants, openStack })
    this.events = new JobEvents(this, 'Events', this.shared)
    new JobDashboard(this, 'Dashboard', { prefix })
    this.alarms = props.alarmTopic && this.watch(this.events, props.alarmTopic)
    this.output('ApiUrl', this.api.url)
    this.output('TableName', this.table.table.tableName)
    this.output('BusName', this.events.bus.eventBusName)
    this.output('StandDownArn', this.standDown.machine.stateMachineArn)
    if (!openStack) this.output('NotDeployed', NO_OPENSTACK)
    if (capacity.reserved === undefined) this.output('NotProtected', notProtected(capacity))
  }

  private watch({ undelivered, unsent, notifier }: JobEvents, topic: sns.ITopic): JobAlarms {
    const functions = this.node.findAll().filter((node) => node instanceof ProductFunction)
    const watched = { functions, deadLetters: { undelivered, unsent }, notifier }
    return new JobAlarms(this, 'Alarms', { prefix: this.prefix, topic, ...watched })
  }

  /** A template's own reader of the table's stream; the alarm, where there are any, gets this name. */
  watchReader(name: string, fn: lambda.IFunction): void {
    this.alarms?.watchReader(name, fn)
  }

  private committer(): lambda.Function {
    const { shared, machines } = this
    const fn = new ProductFunction(this, 'Commit', { shared, entry: 'functions/steps/commit.ts' })
    this.table.grantItems(fn)
    machines.grant(fn, 'StopExecution', 'DescribeExecution')
    permit({ grantee: fn, actions: ['StartExecution'] }, machines.arnsOf(STAND_DOWN))
    return fn
  }

  private claimer(): ProductFunction {
    const { shared, machines, leaseSeconds } = this
    const fn = new ProductFunction(this, 'External', {
      shared,
      entry: EXTERNAL_ENTRY,
      environment: { LEASE_SECONDS: String(leaseSeconds) },
    })
    this.table.grantItems(fn)
    machines.grant(fn, 'StopExecution', 'DescribeExecution')
    // It aborts jobs that its steps wait for, as the API does.
    permit({ grantee: fn, actions: ['StartExecution'] }, machines.arnsOf(STAND_DOWN))
    const { functionArn } = fn
    const grantee = this.standDown.machine.role
    iam.Grant.addToPrincipal({ grantee, actions: ['lambda:InvokeFunction'], resourceArns: [functionArn] })
    return fn
  }

  private output(name: string, value: string): void {
    const output = new CfnOutput(this, name, { value })
    // Of several in one stack the first has the short names.
    const [first] = Stack.of(this)
      .node.findAll()
      .filter((node) => node instanceof JobControl)
    if (first === this) output.overrideLogicalId(name)
  }
}

/** A new job of an id whose record has gone would meet the old execution, and never run. */
function refuseShort(retentionDays: number): void {
  if (Number.isInteger(retentionDays) && retentionDays >= 90) return
  throw new Error(
    `retentionDays is ${retentionDays}: give a whole number from 90, as execution names are free again after 90 days`,
  )
}

const NO_OPENSTACK =
  'the doors of OpenStack clients: name a Keystone (-c keystone=https://...) or a secret of tokens, see docs/openstack.md'

const notProtected = ({ eachStep }: Capacity): string => {
  const steps = eachStep === undefined ? 'the steps' : `the steps, each at most ${eachStep} at once,`
  return `aborts share the account's Lambda concurrency with ${steps}: see "capacity" in docs/operations.md`
}

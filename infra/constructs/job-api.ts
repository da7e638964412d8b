import { Duration } from 'aws-cdk-lib'
import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { type Door, gatewayRoutes } from '#core/api/door.ts'
import { API } from '#functions/api/routes.ts'
import { CONTRAIL } from '#functions/doors/contrail/routes.ts'
import { GELATO } from '#functions/doors/gelato/routes.ts'
import { addDoor, addRefusal, type Integrations, type PlacedRoute } from './api/add-door.ts'
import { type OpenStackAuth, openStackAuthorizer } from './api/openstack-authorizer.ts'
import { addStage, throttleApart } from './api/stage.ts'
import { type Tenants, tenantsEnvironment } from './api/tenants.ts'
import { permit, STAND_DOWN } from './machines.ts'
import { ProductFunction, type Shared } from './product-function.ts'

/** All front doors. */
export const DOORS: Door[] = [CONTRAIL, API, GELATO]

/** The function that accepts aborts, and repeats clean-ups. */
const ABORTS = 'api/abort-job'
const isAbort = ({ bundle }: PlacedRoute): boolean => bundle === ABORTS

export type JobApiProps = {
  shared: Shared
  tenants?: Tenants | undefined
  openStack?: OpenStackAuth | undefined
}

/** The HTTP API: every route asks for an IAM signature, and who signed is who aborted. */
export class JobApi extends Construct {
  readonly url: string

  private readonly environment: Record<string, string>
  private readonly httpApi: api.HttpApi
  private readonly shared: Shared
  private readonly openStack: OpenStackAuth | undefined
  private authorizer: api.IHttpRouteAuthorizer | undefined

  constructor(scope: Construct, id: string, { shared, tenants, openStack }: JobApiProps) {
    super(scope, id)
    this.environment = tenantsEnvironment(tenants)
    this.shared = shared
    this.openStack = openStack
    const httpApi = new api.HttpApi(this, 'Api', {
      apiName: shared.prefix,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    })
    this.httpApi = httpApi
    const integrations = this.integrations(shared)
    const routes = DOORS.flatMap((door) => addDoor(httpApi, door, { integrations }))
    addRefusal(httpApi, integrations['api/jobs']!)
    const stage = addStage(this, httpApi, shared.prefix)
    throttleApart(stage, routes.filter(isAbort))
    this.url = stage.url
  }

  /** A door of a job template's own, whose function serves all of it. */
  serve(door: Door, fn: lambda.Function): void {
    addDoor(this.httpApi, door, this.servedBy(door, fn))
  }

  /** The same for clients that send a token of Keystone's: only where the stack says who checks it. */
  serveOpenStack(door: Door, fn: lambda.Function): void {
    const { openStack, shared } = this
    if (!openStack) return
    const { prefix, network } = shared
    this.authorizer ??= openStackAuthorizer(this, { auth: openStack, prefix, network })
    addDoor(this.httpApi, door, { ...this.servedBy(door, fn), authorizers: { openstack: this.authorizer } })
  }

  private servedBy(door: Door, fn: lambda.Function): { integrations: Integrations } {
    const integration = new HttpLambdaIntegration(door.name, fn)
    return {
      integrations: Object.fromEntries(gatewayRoutes(door).map(({ bundle }) => [bundle, integration])),
    }
  }

  /** A job whose execution does not exist yet is stood down at once by whoever aborts it. */
  private permitStandDown(fn: lambda.Function): void {
    permit({ grantee: fn, actions: ['StartExecution'] }, this.shared.machines.arnsOf(STAND_DOWN))
  }

  /** A function may do what the use cases need that the doors' tables give it, and no more. */
  private integrations(shared: Shared): Integrations {
    const functions: Record<string, lambda.Function> = {
      'api/execute-job': this.executeJob(shared),
      'api/abort-job': this.abortJob(shared),
      'api/jobs': this.jobs(shared),
    }
    return Object.fromEntries(
      Object.entries(functions).map(([bundle, fn]) => [bundle, new HttpLambdaIntegration(bundle, fn)]),
    )
  }

  private executeJob(shared: Shared): lambda.Function {
    const fn = this.handler(this, 'ExecuteJob', 'api/execute-job')
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StartExecution', 'StopExecution', 'DescribeStateMachine')
    return fn
  }

  private abortJob(shared: Shared): lambda.Function {
    const fn = this.handler(this, 'AbortJob', 'api/abort-job')
    shared.table.grantItems(fn)
    shared.table.grantIndex(fn, 'active')
    shared.machines.grant(fn, 'StopExecution', 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    this.permitStandDown(fn)
    return fn
  }

  private jobs(shared: Shared): lambda.Function {
    const fn = this.handler(this, 'Jobs', 'api/jobs')
    shared.table.grantRead(fn)
    shared.table.grantIndex(fn, 'by_template')
    shared.table.grantIndex(fn, 'active')
    shared.machines.grant(fn, 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    return fn
  }

  /** The function of a template's own doors: it starts and aborts jobs. */
  jobHandler(scope: Construct, bundle: string): lambda.Function {
    const { table, machines } = this.shared
    const fn = this.handler(scope, 'Handler', bundle)
    table.grantItems(fn)
    machines.grant(
      fn,
      'StartExecution',
      'StopExecution',
      'DescribeStateMachine',
      'DescribeStateMachineForExecution',
    )
    this.permitStandDown(fn)
    return fn
  }

  /** A function behind the API. API Gateway gives up after 30 s. */
  private handler(scope: Construct, id: string, bundle: string): lambda.Function {
    const { environment, shared } = this
    const limits = { timeout: Duration.seconds(29), memorySize: 512 }
    const settles = bundle === ABORTS
    return new ProductFunction(scope, id, {
      shared,
      entry: `functions/${bundle}.ts`,
      settles,
      environment,
      ...limits,
    })
  }
}

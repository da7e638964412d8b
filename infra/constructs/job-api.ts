import { Duration } from 'aws-cdk-lib'
import * as api from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Door } from '#core/api/door.ts'
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

/** Those whose clients send a token of Keystone's: there where the stack says who checks it. */
export const OPENSTACK_DOORS: Door[] = []

/** Served by the function that accepts aborts, and repeats clean-ups. */
const isAbort = ({ bundle }: PlacedRoute): boolean => bundle === 'api/abort-job'

export type JobApiProps = {
  shared: Shared
  tenants?: Tenants | undefined
  openStack?: OpenStackAuth | undefined
}

/** The HTTP API: every route asks for an IAM signature, and who signed is who aborted. */
export class JobApi extends Construct {
  readonly url: string

  private readonly environment: Record<string, string>

  constructor(scope: Construct, id: string, { shared, tenants, openStack }: JobApiProps) {
    super(scope, id)
    this.environment = tenantsEnvironment(tenants)
    const httpApi = new api.HttpApi(this, 'Api', {
      apiName: shared.prefix,
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    })
    const integrations = this.integrations(shared)
    const openstack = openStack && openStackAuthorizer(this, { auth: openStack, prefix: shared.prefix })
    const doors = openstack ? [...DOORS, ...OPENSTACK_DOORS] : DOORS
    const parts = { integrations, authorizers: openstack ? { openstack } : {} }
    const routes = doors.flatMap((door) => addDoor(httpApi, door, parts))
    addRefusal(httpApi, integrations['api/jobs']!)
    const stage = addStage(this, httpApi, shared.prefix)
    throttleApart(stage, routes.filter(isAbort))
    this.url = stage.url
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
    const fn = this.handler('ExecuteJob', 'api/execute-job', { shared })
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StartExecution', 'StopExecution', 'DescribeStateMachine')
    return fn
  }

  private abortJob(shared: Shared): lambda.Function {
    const fn = this.handler('AbortJob', 'api/abort-job', { shared, settles: true })
    shared.table.grantItems(fn)
    shared.machines.grant(fn, 'StopExecution', 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    // A job whose execution does not exist yet is stood down at once.
    permit({ grantee: fn, actions: ['StartExecution'] }, shared.machines.arnsOf(STAND_DOWN))
    return fn
  }

  private jobs(shared: Shared): lambda.Function {
    const fn = this.handler('Jobs', 'api/jobs', { shared })
    shared.table.grantRead(fn)
    shared.table.grantIndex(fn, 'by_template')
    shared.table.grantIndex(fn, 'active')
    shared.machines.grant(fn, 'DescribeStateMachine', 'DescribeStateMachineForExecution')
    return fn
  }

  /** API Gateway gives up after 30 s. */
  private handler(id: string, bundle: string, { shared, settles = false }: Handling): lambda.Function {
    const limits = { timeout: Duration.seconds(29), memorySize: 512 }
    const entry = `functions/${bundle}.ts`
    const { environment } = this
    return new ProductFunction(this, id, { shared, entry, settles, environment, ...limits })
  }
}

type Handling = { shared: Shared; settles?: boolean }

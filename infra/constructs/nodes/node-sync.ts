import { ArnFormat, Duration, Stack } from 'aws-cdk-lib'
import * as events from 'aws-cdk-lib/aws-events'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { NODE_POWER } from '#functions/steps/node-power/template.ts'
import { grant } from '../grant.ts'
import type { JobControl } from '../job-control.ts'
import { joinNetwork, type Network } from '../network.ts'
import { ProductFunction } from '../product-function.ts'

export type NodeSyncProps = {
  control: JobControl
  environment: Record<string, string>
  network: Network | undefined
}

/** What a job's last notification may be. */
const ENDED = ['job.execution.end', 'job.execution.error', 'job.cancel.end', 'job.cancel.error']

/** Asks BMCs what their nodes are: every minute, and right after an operation has ended. */
export class NodeSync extends Construct {
  readonly fn: lambda.Function

  constructor(scope: Construct, id: string, { control, environment, network }: NodeSyncProps) {
    super(scope, id)
    const { shared } = control
    const { bus } = control.events
    const targets = () => [control.events.target(this.fn)]
    this.fn = new ProductFunction(this, 'Power', {
      shared,
      entry: 'functions/doors/ironic/sync-power.ts',
      timeout: Duration.minutes(5),
      environment,
    })
    shared.table.grantItems(this.fn)
    grantBmcSecrets(this.fn)
    joinNetwork(this.fn, network)
    const schedule = events.Schedule.rate(Duration.minutes(1))
    new events.Rule(this, 'EveryMinute', { schedule, targets: targets() })
    new events.Rule(this, 'OperationEnded', {
      eventBus: bus,
      eventPattern: {
        source: ['standdown'],
        detailType: ENDED,
        detail: { payload: { data: { job: { template: [NODE_POWER.name] } } } },
      },
      targets: targets(),
    })
  }
}

/** Logins of BMCs, by the secrets that are tagged for it. */
export function grantBmcSecrets(grantee: lambda.Function): void {
  const secret = {
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: 'standdown/*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  }
  const wildcards =
    'Which secret a node has is said by its driver_info; only tagged ones below standdown/ can be read'
  const conditions = { StringEquals: { 'aws:ResourceTag/standdown': 'node-power' } }
  const actions = ['secretsmanager:GetSecretValue']
  grant(grantee, { actions, arns: [Stack.of(grantee).formatArn(secret)], wildcards, conditions })
}

import { Duration } from 'aws-cdk-lib'
import type * as lambda from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { actionNotification, planNotification } from '#functions/doors/watcher/notifications/schemas.ts'
import type { JobControl } from '../job-control.ts'
import { ProductFunction } from '../product-function.ts'

export type PlanNotifierProps = { control: JobControl; template: string }

/** Tells of a template's jobs and steps as Watcher tells of plans and actions, beside their own notifications. */
export class PlanNotifier extends Construct {
  readonly fn: lambda.Function

  constructor(scope: Construct, id: string, { control, template }: PlanNotifierProps) {
    super(scope, id)
    const { shared, events } = control
    this.fn = new ProductFunction(this, 'Notify', {
      shared,
      entry: 'functions/doors/watcher/notify.ts',
      // A plan's end may tell of 500 actions, each with all of its parameters.
      timeout: Duration.minutes(5),
      memorySize: 512,
      environment: { BUS_NAME: events.bus.eventBusName },
    })
    shared.table.grantRead(this.fn)
    events.bus.grantPutEventsTo(this.fn)
    events.follow(this.fn, planPatterns(template))
    control.watchReader('stream-age-plans', this.fn)
    const { schemas } = events
    schemas.publish('ActionPlanNotification', {
      name: 'action_plan-notification',
      description: 'The detail of every action_plan.* event',
      shape: planNotification,
    })
    schemas.publish('ActionNotification', {
      name: 'action-notification',
      description: 'The detail of every action.* event',
      shape: actionNotification,
    })
  }
}

const TOLD = ['ONGOING', 'CANCELLING', 'CANCELLED', 'SUCCEEDED', 'FAILED']
const [, ...LATER] = TOLD

/**
 * What of the table's stream may mean something: a step's first write, but none of the checkpoints of one that runs; and
 * the plans themselves, once they are there.
 */
export const planPatterns = (template: string): object[] => [
  changed({ sk: { S: ['JOB'] } }, { template: { S: [template] }, state: { S: TOLD } }),
  changed({ sk: { S: [{ prefix: 'STEP#' }] } }, { template: { S: [template] }, state: { S: LATER } }),
  changed({ sk: { S: [{ prefix: 'STEP#' }] } }, { template: { S: [template] }, version: { N: ['1'] } }),
  { eventName: ['MODIFY'], dynamodb: { Keys: { pk: { S: [{ prefix: '#plans/' }] } } } },
]

const changed = (Keys: object, NewImage: object) => ({ dynamodb: { Keys, NewImage } })

import * as schemas from 'aws-cdk-lib/aws-eventschemas'
import { Construct } from 'constructs'
import * as z from 'zod'
import { NOTIFICATION_SOURCE } from '#core/notifications/envelope.ts'
import { notification } from '#core/notifications/schemas.ts'

/** The only JSON Schema that the registry takes, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html */
const TYPE = 'JSONSchemaDraft4'

/** Publishes the shape of a notification, so that consumers can look it up and generate code for it. */
export class EventSchemas extends Construct {
  constructor(scope: Construct, id: string, props: { prefix: string }) {
    super(scope, id)
    const registry = new schemas.CfnRegistry(this, 'Registry', {
      registryName: props.prefix,
      description: 'What Standdown puts on its event bus',
    })
    new schemas.CfnSchema(this, 'Notification', {
      registryName: registry.attrRegistryName,
      schemaName: `${NOTIFICATION_SOURCE}@notification`,
      type: TYPE,
      description: 'The detail of every event; its detail-type is the event_type',
      content: JSON.stringify({
        title: 'StanddownNotification',
        ...z.toJSONSchema(notification, { target: 'draft-4' }),
      }),
    })
  }
}

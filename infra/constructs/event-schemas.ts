import * as schemas from 'aws-cdk-lib/aws-eventschemas'
import { Construct } from 'constructs'
import * as z from 'zod'
import { NOTIFICATION_SOURCE } from '#core/notifications/envelope.ts'
import { notification } from '#core/notifications/schemas.ts'
import { isLocal } from './local-context.ts'

/** The only JSON Schema that the registry takes, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-schema.html */
const TYPE = 'JSONSchemaDraft4'

/**
 * Publishes the shapes of what is on the bus, so that consumers can look them up and generate code for them. Not on one
 * machine: nothing there reads them, and emulators that do not know the type roll the whole stack back.
 */
export class EventSchemas extends Construct {
  private readonly registryName: string | undefined

  constructor(scope: Construct, id: string, props: { prefix: string }) {
    super(scope, id)
    if (isLocal(this)) return
    const registry = new schemas.CfnRegistry(this, 'Registry', {
      registryName: props.prefix,
      description: 'What Standdown puts on its event bus',
    })
    this.registryName = registry.attrRegistryName
    this.publish('Notification', {
      name: 'notification',
      description: 'The detail of every event of jobs and steps; its detail-type is the event_type',
      shape: notification,
    })
  }

  /** As `<source>@<name>`. */
  publish(id: string, { name, description, shape }: EventShape): void {
    if (this.registryName === undefined) return
    new schemas.CfnSchema(this, id, {
      registryName: this.registryName,
      schemaName: `${NOTIFICATION_SOURCE}@${name}`,
      type: TYPE,
      description,
      content: JSON.stringify({
        title: `Standdown${id}`,
        ...z.toJSONSchema(shape, { target: 'draft-4' }),
      }),
    })
  }
}

export type EventShape = { name: string; description: string; shape: z.ZodType }

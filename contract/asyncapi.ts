import * as z from 'zod'
import { NOTIFICATION_SOURCE } from '#core/notifications/envelope.ts'
import { INFO, withoutSafeIntegers } from './info.ts'
import { PUBLISHED, type Published } from './notifications.ts'

const reference = (...path: string[]) => ({ $ref: `#/${path.join('/')}` })

const schemaOf = ({ schema }: Published): object => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    override: withoutSafeIntegers,
  })
  return json
}

const messageOf = (title: string, { type, summary, sample }: Published['types'][number]) => ({
  name: type,
  title: type,
  summary,
  contentType: 'application/json',
  payload: {
    allOf: [reference('components', 'schemas', title), { properties: { event_type: { const: type } } }],
  },
  examples: [{ name: type, payload: sample }],
})

/** AsyncAPI 3: what is put on the event bus. */
export function asyncApi(): object {
  const types = PUBLISHED.flatMap((published) => published.types.map(({ type }) => type))
  return {
    asyncapi: '3.0.0',
    info: {
      ...INFO,
      title: 'Standdown notifications',
      description: `Start, end and error of every cancellation, on an Amazon EventBridge bus. Of an event \`source\` is ${NOTIFICATION_SOURCE}, \`detail-type\` the \`event_type\`, and \`detail\` the payload below. At least once and in no order: fold by \`message_id\`, sort by \`sequence\`.`,
    },
    defaultContentType: 'application/json',
    channels: {
      bus: {
        address: NOTIFICATION_SOURCE,
        title: 'The event bus',
        description: 'The bus has the name that the deployment’s resources begin with.',
        messages: Object.fromEntries(types.map((type) => [type, reference('components', 'messages', type)])),
      },
    },
    operations: {
      notify: {
        action: 'send',
        summary: 'Standdown notifies of a change of a job or step',
        channel: reference('channels', 'bus'),
        messages: types.map((type) => reference('channels', 'bus', 'messages', type)),
      },
    },
    components: {
      messages: Object.fromEntries(
        PUBLISHED.flatMap(({ title, types: own }) => own.map((each) => [each.type, messageOf(title, each)])),
      ),
      schemas: Object.fromEntries(PUBLISHED.map((published) => [published.title, schemaOf(published)])),
    },
  }
}

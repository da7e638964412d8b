import * as z from 'zod'
import { STATES } from '#core/states.ts'

// What Watcher sends of action plans, field by field; the document's samples are under docs/notification_samples.

const PHASES = ['start', 'end', 'error'] as const
const TOPICS = ['cancel', 'execution'] as const

/** Times within data have seconds and a Z, those of a message microseconds and no zone: both are UTC. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const times = { created_at: time.nullable(), updated_at: time.nullable(), deleted_at: time.nullable() }

const state = z.enum(STATES)
/** Something to be told beside the fields of the document, as what was too large for an event. */
const status_message = z.string().nullable()
const uuid = z.string().nullable()

/** Each object of Watcher says what it is; so does each within another. */
const object = <Name extends z.ZodType<string>, Data extends z.ZodType>(name: Name, data: Data) =>
  z.strictObject({
    'watcher_object.namespace': z.literal('watcher'),
    'watcher_object.name': name,
    'watcher_object.version': z.literal('1.0'),
    'watcher_object.data': data,
  })

const fault = object(
  z.literal('ExceptionPayload'),
  z.strictObject({
    exception: z.string(),
    exception_message: z.string(),
    module_name: z.string(),
    function_name: z.string(),
  }),
)

const efficacy = z.array(
  z.strictObject({
    name: z.string(),
    description: z.string(),
    unit: z.string().nullable(),
    value: z.unknown(),
  }),
)

/** Of an audit nothing but its uuid is known here, so the rest is empty. */
const audit = object(
  z.literal('TerseAuditPayload'),
  z.strictObject({
    uuid: z.string(),
    audit_type: z.string(),
    state: z.string(),
    goal_uuid: uuid,
    strategy_uuid: uuid,
    parameters: z.record(z.string(), z.unknown()),
    interval: z.string().nullable(),
    scope: z.array(z.unknown()),
    status_message,
    ...times,
  }),
)

const strategy = object(
  z.literal('StrategyPayload'),
  z.strictObject({
    uuid,
    name: z.string(),
    display_name: z.string(),
    parameters_spec: z.record(z.string(), z.unknown()),
    ...times,
  }),
)

const planData = z.strictObject({
  uuid: z.string(),
  state,
  audit_uuid: uuid,
  audit: audit.nullable(),
  strategy_uuid: uuid,
  strategy: strategy.nullable(),
  global_efficacy: efficacy,
  fault: fault.nullable(),
  status_message,
  ...times,
})

const tersePlan = object(
  z.literal('TerseActionPlanPayload'),
  z.strictObject({
    uuid: z.string(),
    state,
    audit_uuid: uuid,
    strategy_uuid: uuid,
    global_efficacy: efficacy,
    status_message,
    ...times,
  }),
)

const actionData = z.strictObject({
  uuid: z.string(),
  state,
  action_type: z.string(),
  input_parameters: z.record(z.string(), z.unknown()),
  parents: z.array(z.string()),
  action_plan: tersePlan,
  fault: fault.nullable(),
  status_message,
  ...times,
})

const message = <Type extends z.ZodType<string>, Payload extends z.ZodType>(type: Type, payload: Payload) =>
  z.strictObject({
    event_type: type,
    priority: z.enum(['INFO', 'ERROR']),
    publisher_id: z.string(),
    message_id: z.string(),
    timestamp: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
    payload,
  })

/** The detail of an event about an action plan, in Watcher's own envelope. */
export const planNotification = message(
  z.templateLiteral(['action_plan.', z.enum(TOPICS), '.', z.enum(PHASES)]),
  object(z.enum(['ActionPlanCancelPayload', 'ActionPlanActionPayload']), planData),
)

/** The same about one action of it. */
export const actionNotification = message(
  z.templateLiteral(['action.', z.enum(TOPICS), '.', z.enum(PHASES)]),
  object(z.enum(['ActionCancelPayload', 'ActionExecutionPayload']), actionData),
)

export type PlanNotification = z.infer<typeof planNotification>
export type ActionNotification = z.infer<typeof actionNotification>
export type WatcherNotification = PlanNotification | ActionNotification
export type PlanEvent = PlanNotification['event_type']
export type ActionEvent = ActionNotification['event_type']

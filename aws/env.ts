import { ATTACHED_MODES, attachmentOf, type ToldAttachment } from '#core/attached.ts'
import type { AbortMode } from '#core/job/job.ts'

/**
 * The product's only reader of `process.env`; a template's steps have a settings file of their own.
 * Values are read when asked for, so that a bundle can be imported bare.
 */
function required(name: string): string {
  const value = process.env[name]
  if (!value)
    throw new Error(`the environment variable ${name} is not set: the stack sets it for each function`)
  return value
}

const told = <Value>(name: string): Record<string, Value> =>
  JSON.parse(process.env[name] ?? '{}') as Record<string, Value>

/** The same names, each with what is made of its value. */
const mapped = <From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))

export const env = {
  tableName: () => required('TABLE_NAME'),
  busName: () => required('BUS_NAME'),
  standDownArn: () => required('STAND_DOWN_ARN'),
  /** Template name to state machine ARN, which for those that were not attached follows from the name. */
  templates: (): Record<string, string> =>
    Object.fromEntries(
      Object.entries(told<string | null>('TEMPLATES')).map(([name, arn]) => [
        name,
        arn ?? `${required('OWN_MACHINES')}${name}`,
      ]),
    ),
  leaseSeconds: () => Number(process.env.LEASE_SECONDS ?? 30),
  /** ARN of a role, or a pattern of such ARNs, to tenant; null where callers are not bound to tenants. */
  tenants: () => {
    const tenants = told<string>('TENANTS')
    return Object.keys(tenants).length === 0 ? null : tenants
  },
  /** The abort modes of each template that has not all of them. */
  abortModes: (): Record<string, AbortMode[]> => ({
    ...mapped(told('ATTACHED'), () => ATTACHED_MODES),
    ...told<AbortMode[]>('ABORT_MODES'),
  }),
  /** What is known of each template whose machine was attached as it is. */
  attached: () =>
    mapped(told<ToldAttachment>('ATTACHED'), (one) => attachmentOf(one, required('EXTERNAL_FUNCTION'))),
  retentionDays: () => Number(process.env.RETENTION_DAYS ?? 90),
  /** The function that asks nodes' BMCs what they are. */
  syncFunction: () => required('SYNC_FUNCTION'),
  /** Which functions the actions of plans may call, and how those of the product begin. */
  allowedFunctions: () => process.env.ALLOWED_FUNCTIONS,
  ownFunctions: () => process.env.OWN_FUNCTIONS,
  /** Hosts that jobs may reach. */
  allowedHosts: () => process.env.ALLOWED_HOSTS,
  /** Where AWS is, if it is not AWS itself. */
  awsEndpoint: () => process.env.AWS_ENDPOINT_URL,
  /** Who checks the tokens of OpenStack's clients; nobody on one machine. */
  openStackAuth: () =>
    JSON.parse(process.env.OPENSTACK_AUTH ?? '{}') as
      | { keystone_url: string }
      | { tokens_secret: string }
      | Record<string, never>,
}

import * as z from 'zod'
import { FABRIC_ERRORS } from './errors.ts'

const instance = z
  .string()
  .regex(/^(i-(\w{8}|\w{17})|mi-\w{17})$/)
  .describe('the id of a managed node: i-... or mi-...')

const target = z.strictObject({
  key: z
    .string()
    .regex(/^(tag:.{1,128}|tag-key|resource-groups:(Name|ResourceTypeFilters))$/)
    .describe('as SendCommand has it: tag:<name>, tag-key or resource-groups:Name'),
  values: z.array(z.string().min(1).max(256)).min(1).max(50),
})

/** The names are those of SendCommand, in the case of our own. */
const playbook = z.strictObject({
  name: z.string().min(1).max(128).describe('what people read'),
  document: z
    .string()
    .regex(/^[a-zA-Z0-9_\-.:/]{3,128}$/)
    .describe('a command document, as AWS-RunShellScript or AWS-ApplyAnsiblePlaybooks, by its name or ARN'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.array(z.string()).max(100)]))
    .optional()
    .describe('of the document; no secrets, which {{ssm-secure:name}} or the playbook itself looks up'),
  targets: z
    .union([z.array(instance).min(1).max(50), z.array(target).min(1).max(5)])
    .describe('1 to 50 ids of managed nodes, or 1 to 5 of {key, values}; above 50 nodes use a tag'),
  timeout_seconds: z
    .int()
    .min(1)
    .max(172_800)
    .optional()
    .describe('how long it may run on a target; default: what the document says, else 3600'),
  retries: z
    .int()
    .min(0)
    .max(10)
    .optional()
    .describe('how often it is repeated on the targets that failed, up to 50 of them; default 0'),
  on_failure: z.enum(['stop', 'continue']).optional().describe('of the job; default stop'),
})

/** What a fabric job is started with: playbooks, run one after another. */
export const fabricInput = z.strictObject({ playbooks: z.array(playbook).min(1).max(100) })

export type FabricInput = z.infer<typeof fabricInput>
export type FabricPlaybook = z.infer<typeof playbook>

export const FABRIC = {
  name: 'fabric',
  description:
    'Runs playbooks one after another, each on its managed nodes by AWS Systems Manager Run Command',
  input: fabricInput,
  errors: FABRIC_ERRORS,
} as const

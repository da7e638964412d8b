import { PlaybookRefused } from '../errors.ts'
import type { FabricPlaybook } from '../template.ts'

/** Ids of managed nodes, or what SendCommand looks for them by. */
export type Targets = { instanceIds: string[] } | { targets: { Key: string; Values: string[] }[] }

export type Playbook = {
  name: string
  document: string
  parameters: Record<string, string[]>
  targets: Targets
  timeoutSeconds: number | null
  retries: number
  goesOn: boolean
  /** From 1; a repeat on the targets that failed is the next one. */
  pass: number
}

/** What the chain hands from one pass to the next. */
export type NextPass = { repeat: boolean; number: number; targets: string[] }
export type PlaybookInput = { index?: number | string; item: FabricPlaybook; pass?: NextPass }

const MAX_INSTANCES = 50

/**
 * The Map's item, with its defaults. The API validates it, but not that of an execution started in the AWS console:
 * what would be sent to nodes is therefore checked here, too.
 *
 * @throws PlaybookRefused
 */
export function readPlaybook({ item, pass }: PlaybookInput): Playbook {
  const { name, document, parameters = {}, targets, timeout_seconds = null, retries = 0 } = item
  if (typeof name !== 'string' || typeof document !== 'string') {
    throw new PlaybookRefused('a playbook has no name or no document: both must be texts')
  }
  return {
    name,
    document,
    parameters: Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key, [value].flat()])),
    targets: pass?.repeat ? { instanceIds: pass.targets } : readTargets(name, targets),
    timeoutSeconds: timeout_seconds,
    retries,
    goesOn: item.on_failure === 'continue',
    pass: pass?.repeat ? pass.number + 1 : 1,
  }
}

function readTargets(name: string, targets: FabricPlaybook['targets']): Targets {
  if (!Array.isArray(targets) || targets.length === 0) {
    throw new PlaybookRefused(`the playbook ${name} has no targets: name managed nodes, or tags`)
  }
  const ids = targets.filter((target) => typeof target === 'string')
  if (ids.length === 0) {
    const tags = targets as Exclude<FabricPlaybook['targets'], string[]>
    return { targets: tags.map(({ key, values }) => ({ Key: key, Values: values })) }
  }
  if (ids.length < targets.length) {
    throw new PlaybookRefused(`the targets of the playbook ${name} are ids or tags, not both`)
  }
  if (ids.length > MAX_INSTANCES) {
    const found = `the playbook ${name} names ${ids.length} nodes`
    throw new PlaybookRefused(`${found}, at most ${MAX_INSTANCES} are taken: use a tag, or split it`)
  }
  return { instanceIds: ids }
}

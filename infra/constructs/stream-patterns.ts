import { NOUNS } from '#core/notifications/envelope.ts'
import { notifiedStates } from '#core/notifications/noun.ts'
import type { State } from '#core/states.ts'

type Kind = 'job' | 'step'
type Rules = readonly { states: readonly State[] }[]

/** The sort keys of each kind of item in the table. */
const SORT_KEYS: Record<Kind, unknown[]> = { job: ['JOB'], step: [{ prefix: 'STEP#' }] }

/**
 * What of the table's stream is looked at for notifications: one pattern per noun, with the states in which
 * its rules may hold. A rule holds in no other state, so what these patterns leave out means nothing.
 */
export const streamPatterns = (
  nouns: readonly { kind: Kind; rules: Rules }[] = Object.values(NOUNS),
): { dynamodb: object }[] =>
  nouns.map(({ kind, rules }) => ({
    dynamodb: {
      Keys: { sk: { S: SORT_KEYS[kind] } },
      NewImage: { state: { S: notifiedStates(rules) } },
    },
  }))

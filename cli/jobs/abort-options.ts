import { Option } from 'commander'
import type { AbortOptions } from '#client/jobs.ts'
import { ABORT_MODES, type AbortMode } from '#core/job/job.ts'
import type { Verb } from '../command.ts'
import { duration } from '../duration.ts'

export type HowOptions = { mode: AbortMode; reason?: string; forceAfter?: number; rollback?: true }

/** How to abort: the same words for the abort and for its plan. */
export const withHow = (verb: Verb): Verb =>
  verb
    .addOption(
      new Option('-m, --mode <mode>', 'graceful: at the next safe point; force: now')
        .choices(ABORT_MODES)
        .default('graceful'),
    )
    .option('-r, --reason <text>', 'why; it is kept, and told in every notification')
    .option('--force-after <time>', 'graceful first, by force after 90s, 5m, 2h', duration)
    .option('--rollback', 'undo finished steps, too') as Verb

export const howOf = ({ mode, reason, forceAfter, rollback }: HowOptions): AbortOptions => ({
  mode,
  ...(reason !== undefined && { reason }),
  ...(forceAfter !== undefined && { force_after_seconds: forceAfter }),
  ...(rollback && { rollback }),
})

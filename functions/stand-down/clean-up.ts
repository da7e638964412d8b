import { type HookRoundInput, nextHookRound } from '#engine/stand-down/next-hooks.ts'
import { task } from '../middleware/task.ts'
import { ports } from '../ports.ts'

export const handler = task('CleanUp', (input: HookRoundInput) => nextHookRound(ports(), input))

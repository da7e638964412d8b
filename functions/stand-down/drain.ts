import { setTimeout as pause } from 'node:timers/promises'
import { type DrainInput, drainPromptly } from '#engine/stand-down/drain.ts'
import { task } from '../middleware/task.ts'
import { ports } from '../ports.ts'

export const handler = task('Drain', (input: DrainInput) => drainPromptly(ports(), input, pause))

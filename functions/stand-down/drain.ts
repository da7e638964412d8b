import { type DrainInput, drain } from '#engine/stand-down/drain.ts'
import { task } from '../middleware/task.ts'
import { ports } from '../ports.ts'

export const handler = task('Drain', (input: DrainInput) => drain(ports(), input))

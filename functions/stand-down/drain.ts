import { productDeps } from '#aws/deps.ts'
import { drain } from '#engine/stand-down/drain.ts'
import type { StandDownInput } from '#engine/stand-down/start.ts'
import { task } from '../middleware/task.ts'

export const handler = task('Drain', (input: StandDownInput) => drain(productDeps(), input))

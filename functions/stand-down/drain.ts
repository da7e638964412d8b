import { productDeps } from '#aws/deps.ts'
import { drain } from '#aws/drain.ts'
import type { StandDownInput } from '#aws/stand-down.ts'
import { task } from '../middleware/task.ts'

export const handler = task('Drain', (input: StandDownInput) => drain(productDeps(), input))

import { productDeps } from '#aws/deps.ts'
import { type CleanUpInput, nextCleanUps } from '#engine/stand-down/next-hooks.ts'
import { task } from '../middleware/task.ts'

export const handler = task('CleanUp', (input: CleanUpInput) => nextCleanUps(productDeps(), input))

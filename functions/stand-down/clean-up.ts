import { type CleanUpInput, nextCleanUps } from '#aws/clean-up.ts'
import { productDeps } from '#aws/deps.ts'
import { task } from '../middleware/task.ts'

export const handler = task('CleanUp', (input: CleanUpInput) => nextCleanUps(productDeps(), input))

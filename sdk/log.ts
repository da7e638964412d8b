import { Logger } from '@aws-lambda-powertools/logger'

/** One logger for a step's function, so that the job's id is on every line of it. */
export const logger = new Logger()

import { once } from '#aws/clients.ts'
import { stepPorts } from '#aws/step-ports.ts'
import { logger } from './log.ts'

/** The ports of a deployed step; one set per warm environment. */
export const deployedStepPorts = once(() => stepPorts(logger))

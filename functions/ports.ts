import { once } from '#aws/clients.ts'
import { productPorts } from '#aws/ports.ts'
import { logger } from './middleware/telemetry.ts'

/** The ports of this function; one set per warm environment, so that what they cache outlives an invocation. */
export const ports = once(() => productPorts(logger))

import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { parse } from '#core/api/requests.ts'
import { JobEndedError, NotFoundError, RequestInvalidError } from '#core/errors.ts'
import { timeAt } from '#core/time.ts'
import { abortJob } from '#engine/jobs/abort.ts'
import { executedId } from '#engine/jobs/execute.ts'
import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { logger } from '../../middleware/telemetry.ts'
import { ports } from '../../ports.ts'
import {
  ABORTS,
  isAbortTarget,
  isPowerTarget,
  type PowerTarget,
  supportedPowerStates,
} from '../../steps/node-power/targets.ts'
import { NODE_POWER } from '../../steps/node-power/template.ts'
import { execute } from '../execute.ts'
import { doorUrl } from '../openstack/links.ts'
import { begun, type Node } from './node/node.ts'
import { busy } from './nodes.ts'
import { askedNode, parts } from './parts.ts'
import { viewStates } from './views.ts'

export const powerBody = z.strictObject({
  target: z.string().max(100),
  timeout: z
    .int('timeout has to be positive integer')
    .min(1, 'timeout has to be positive integer')
    .max(86_400)
    .nullish(),
})

export async function showStates(request: HttpRequest): Promise<HttpAnswer> {
  return answer(200, viewStates(await askedNode(request)))
}

export async function setPower(request: HttpRequest): Promise<HttpAnswer> {
  const { target, timeout } = parse(powerBody, request.body ?? {}, 'the body')
  const node = await askedNode(request)
  refuseUnsupported(node, target)
  if (isAbortTarget(target)) await abort(node, ABORTS[target], request)
  else if (isPowerTarget(target)) await begin(node, { target, timeout: timeout ?? null }, request)
  const location = `${doorUrl(request, '/baremetal')}/v1/nodes/${node.uuid}/states`
  // Without a body there must be no content type: the clients would parse the empty text.
  return { statusCode: 202, headers: { location } }
}

export async function injectNmi(request: HttpRequest): Promise<HttpAnswer> {
  const node = await askedNode(request)
  refuseUnsupported(node, 'inject nmi')
  await begin(node, { target: 'inject nmi', timeout: null }, request)
  return { statusCode: 204 }
}

function refuseUnsupported(node: Node, target: string): void {
  const supported = supportedPowerStates(node)
  if (supported.includes(target)) return
  const detail = `The driver ${node.driver} does not support the power state, ${target.slice(0, 80)}. Supported: ${supported.join(', ')}`
  throw new RequestInvalidError(detail, [{ pointer: '/target', detail: 'is not supported' }])
}

type Begin = { target: PowerTarget; timeout: number | null }

/** The node says that it runs before its job is there, so that of two requests one is refused. */
async function begin(node: Node, { target, timeout }: Begin, { caller }: HttpRequest): Promise<void> {
  const { project, uuid, driver, driver_info, last_power: power_state } = node
  const key = randomUUID()
  const job_id = executedId({ created_by: caller, idempotency_key: key })
  await parts().nodes.update(project, uuid, (now) => {
    if (now.operation) throw busy(now)
    refuseUnsupported(now, target)
    return begun(now, { job_id, target, since: timeAt(Date.now()) })
  })
  await execute({
    template: NODE_POWER.name,
    input: { node: uuid, driver, driver_info, power_state, target, ...(timeout === null ? {} : { timeout }) },
    tenant_id: project,
    created_by: caller,
    idempotency_key: key,
  })
}

/** Needs nothing that the running operation holds. An abort of what does not run changes nothing. */
async function abort(node: Node, target: PowerTarget, { caller }: HttpRequest): Promise<void> {
  const { operation, project } = node
  if (operation?.target !== target) return
  const command = {
    job_execution_id: operation.job_id,
    tenant_id: project,
    requested_by: caller,
    mode: 'graceful' as const,
    reason: `abort ${target}`,
    force_after_seconds: null,
    rollback: false,
  }
  const aborted = await abortJob(ports(), command).catch(unlessOver)
  await aborted?.stopping.catch((error: Error) =>
    logger.warn('the execution could not be stopped yet', error),
  )
}

/** It ended meanwhile, or has not been written yet: then there is nothing that could be aborted. */
function unlessOver(error: Error): undefined {
  if (error instanceof JobEndedError || error instanceof NotFoundError) return undefined
  throw error
}

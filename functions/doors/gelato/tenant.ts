import { NotFoundError } from '#core/errors.ts'
import type { HttpRequest } from '../../middleware/http-door.ts'

/** The tenant in the path is an address; the one that the caller is bound to is a right. @throws `missing` for another's */
export function addressedTenant({ parameters, tenant_id }: HttpRequest, missing: NotFoundError): string {
  const { tenantId = '' } = parameters
  if (tenant_id !== undefined && tenant_id !== tenantId) throw missing
  return tenantId
}

export const noSuchTenant = ({ parameters }: HttpRequest): NotFoundError =>
  new NotFoundError(`there is no tenant ${JSON.stringify((parameters.tenantId ?? '').slice(0, 80))}`)

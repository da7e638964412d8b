import type { HttpEvent } from '../../middleware/http-door.ts'
import { type BodyParser, jsonArray, jsonObject } from '../../middleware/json-body.ts'
import { openStackEnvelope } from './error-envelope.ts'
import { type Microversions, servedVersion, versionHeaders } from './microversions.ts'
import { admit, principalOf } from './principal.ts'

/** JSON Patch is an array, every other body an object. */
export const openStackBody: BodyParser = (event) =>
  event.requestContext.http.method === 'PATCH' ? jsonArray(event) : jsonObject(event)

/** What the doors of OpenStack's services have in common. */
export const openStackDoor = (versions: Microversions) => ({
  body: openStackBody,
  errors: openStackEnvelope,
  caller: (event: HttpEvent) => `openstack:user/${principalOf(event).user}`,
  /** A project is a tenant: its jobs are all that its users see. */
  tenant: (event: HttpEvent) => principalOf(event).project,
  admit: (event: HttpEvent) => {
    servedVersion(versions, event)
    admit(event)
  },
  headers: (event: HttpEvent) => versionHeaders(versions, event),
})

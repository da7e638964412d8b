import { NotAcceptableError } from '#core/errors.ts'
import type { HttpEvent } from '../../middleware/http-door.ts'

export type VersionRange = { min: string; max: string }

export type Microversions = VersionRange & {
  /** The word that a request's headers give; undefined where they give none for this service. */
  asked(headers: HttpEvent['headers']): string | undefined
  /** What every answer says of the version it was given in. */
  told(served: string): Record<string, string>
}

/** @throws NotAcceptableError naming the range */
export function servedVersion({ min, max, asked }: Microversions, { headers }: HttpEvent): string {
  const word = asked(headers)
  if (word === undefined) return min
  if (word === 'latest') return max
  const version = /^\d{1,6}$/.test(word) ? `${word}.0` : word
  if (isWithin(version, { min, max })) return minorOf(version).join('.')
  throw new NotAcceptableError(
    `Version ${JSON.stringify(word.slice(0, 40))} is not acceptable: ${min} to ${max} are served`,
  )
}

/** Of a refusal, too. */
export function versionHeaders(versions: Microversions, event: HttpEvent): Record<string, string> {
  try {
    return versions.told(servedVersion(versions, event))
  } catch {
    return versions.told(versions.min)
  }
}

const minorOf = (version: string): [number, number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}

function isWithin(version: string, { min, max }: VersionRange): boolean {
  if (!/^\d{1,6}\.\d{1,6}$/.test(version)) return false
  const [major, minor] = minorOf(version)
  return major === minorOf(min)[0] && minor >= minorOf(min)[1] && minor <= minorOf(max)[1]
}

/** OpenStack's general header: `OpenStack-API-Version: compute 2.1, infra-optim 1.4`. */
export const serviceVersions = (service: string, range: VersionRange): Microversions => ({
  ...range,
  asked: (headers) => {
    const own = (headers['openstack-api-version'] ?? '')
      .split(',')
      .map((part) => part.trim().split(/\s+/))
      .find(([name]) => name === service)
    return own?.slice(1).join(' ')
  },
  told: (served) => ({
    'openstack-api-version': `${service} ${served}`,
    'openstack-api-minimum-version': range.min,
    'openstack-api-maximum-version': range.max,
    vary: 'OpenStack-API-Version',
  }),
})

/** A header of the service's own, as `X-OpenStack-Ironic-API-Version: 1.78`. */
export const headerVersions = (header: string, range: VersionRange): Microversions => ({
  ...range,
  asked: (headers) => headers[`${header}-version`]?.trim(),
  told: (served) => ({
    [`${header}-version`]: served,
    [`${header}-minimum-version`]: range.min,
    [`${header}-maximum-version`]: range.max,
    vary: `${header}-version`,
  }),
})

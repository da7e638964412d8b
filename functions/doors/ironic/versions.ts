import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { doorUrl, linksOf } from '../openstack/links.ts'
import { headerVersions } from '../openstack/microversions.ts'

/** No operation depends on a version within the range: the library asks for 1.9 unless it is told another. */
export const IRONIC_VERSIONS = headerVersions('x-openstack-ironic-api', { min: '1.1', max: '1.78' })

const versionOf = (door: string) => ({
  id: 'v1',
  status: 'CURRENT',
  min_version: IRONIC_VERSIONS.min,
  version: IRONIC_VERSIONS.max,
  links: [{ rel: 'self', href: `${door}/v1/` }],
})

export async function showRoot(request: HttpRequest): Promise<HttpAnswer> {
  const version = versionOf(doorUrl(request, '/baremetal'))
  const description = 'Power of bare-metal nodes, each operation a job that can be aborted'
  return answer(200, {
    name: 'Standdown Ironic API',
    description,
    default_version: version,
    versions: [version],
  })
}

export async function showVersion(request: HttpRequest): Promise<HttpAnswer> {
  const door = doorUrl(request, '/baremetal')
  const { id, links, ...version } = versionOf(door)
  return answer(200, {
    id,
    version,
    links,
    nodes: linksOf(door, 'nodes/'),
    drivers: linksOf(door, 'drivers/'),
  })
}

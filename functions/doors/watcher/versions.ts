import { answer } from '../../middleware/http.ts'
import type { HttpAnswer, HttpRequest } from '../../middleware/http-door.ts'
import { doorUrl, linksOf } from '../openstack/links.ts'
import { serviceVersions } from '../openstack/microversions.ts'

/** The client asks for 1.4, and negotiates nothing. */
export const WATCHER_VERSIONS = serviceVersions('infra-optim', { min: '1.0', max: '1.4' })

const BASE = '/infra-optim'
const selfOf = (door: string) => ({ rel: 'self', href: `${door}/v1/` })

export async function showRoot(request: HttpRequest): Promise<HttpAnswer> {
  const version = {
    id: 'v1',
    status: 'CURRENT',
    min_version: WATCHER_VERSIONS.min,
    max_version: WATCHER_VERSIONS.max,
    links: [selfOf(doorUrl(request, BASE))],
  }
  const description = 'Action plans, each run as a job that can be aborted'
  return answer(200, {
    name: 'Standdown Watcher API',
    description,
    default_version: version,
    versions: [version],
  })
}

export async function showVersion(request: HttpRequest): Promise<HttpAnswer> {
  const door = doorUrl(request, BASE)
  const type = 'application/vnd.openstack.watcher.v1+json'
  return answer(200, {
    id: 'v1',
    media_types: [{ base: 'application/json', type }],
    action_plans: linksOf(door, 'action_plans/'),
    actions: linksOf(door, 'actions/'),
    links: [selfOf(door)],
  })
}

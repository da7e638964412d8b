import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keystone } from '#functions/doors/openstack/tokens/keystone.ts'

/** A Keystone with its administrator, such as `http://admin:secret@127.0.0.1:5000`, of the project `admin`. */
const KEYSTONE = process.env.STANDDOWN_KEYSTONE

const at = new URL(KEYSTONE ?? 'http://127.0.0.1')
const url = at.origin
const domain = { id: 'default' }
let admin = ''

type Login = { name: string; password: string; project?: string }

async function api<Body>(
  route: string,
  token: string,
  body?: object,
): Promise<{ body: Body; headers: Headers }> {
  const [method = 'GET', path = ''] = route.split(' ')
  const answer = await fetch(`${url}/v3${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'x-auth-token': token, 'x-subject-token': token },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${route} answered ${answer.status}: ${text}`)
  return { body: (text ? JSON.parse(text) : undefined) as Body, headers: answer.headers }
}

async function tokenOf({ name, password, project }: Login): Promise<string> {
  const user = { name, password, domain }
  const identity = { methods: ['password'], password: { user } }
  const scope = project ? { project: { name: project, domain } } : 'unscoped'
  const { headers } = await api('POST /auth/tokens', '', { auth: { identity, scope } })
  return headers.get('x-subject-token') ?? ''
}

/** A user who is nothing but a member of a project. */
async function newMember(): Promise<Required<Login> & { ids: { user: string; project: string } }> {
  const [name, password] = [`ann-${randomUUID().slice(0, 8)}`, randomUUID()]
  const { body: project } = await api<{ project: { id: string } }>('POST /projects', admin, {
    project: { name, domain_id: 'default' },
  })
  const { body: user } = await api<{ user: { id: string } }>('POST /users', admin, {
    user: { name, password, domain_id: 'default' },
  })
  const { body: found } = await api<{ roles: { id: string }[] }>('GET /roles?name=member', admin)
  const ids = { user: user.user.id, project: project.project.id }
  await api(`PUT /projects/${ids.project}/users/${ids.user}/roles/${found.roles[0]?.id}`, admin)
  return { name, password, project: name, ids }
}

describe.skipIf(!KEYSTONE)('with a Keystone (STANDDOWN_KEYSTONE names it)', () => {
  let member: Awaited<ReturnType<typeof newMember>>

  beforeAll(async () => {
    admin = await tokenOf({ name: at.username, password: at.password, project: 'admin' })
    member = await newMember()
  })
  afterAll(async () => {
    if (!member) return
    await api(`DELETE /users/${member.ids.user}`, admin)
    await api(`DELETE /projects/${member.ids.project}`, admin)
  })

  test.each([url, `${url}/v3`, `${url}/v3/`])(
    'a member of a project is let in by the own token alone, at %s',
    async (base) => {
      expect(await keystone(base)(await tokenOf(member))).toEqual({
        user: member.name,
        project: member.ids.project,
        roles: expect.arrayContaining(['member', 'reader']),
      })
    },
  )

  test('a token of no project is refused, and says what is missing', async () => {
    const { project: _, ...login } = member
    expect(await keystone(url)(await tokenOf(login))).toEqual({
      refused: expect.stringContaining('of no project'),
    })
  })

  test.each(['no-token-at-all', 'gAAAAABmade-up', 'ü'])(
    'the made-up token %s lets nobody in',
    async (token) => {
      const check = await keystone(url)(encodeURIComponent(token))
      expect(check).toEqual({ refused: expect.stringMatching(/^Keystone answered 40[14]$/) })
    },
  )

  test('a token that was revoked is refused by whoever had not seen it before', async () => {
    const token = await tokenOf(member)
    await api('DELETE /auth/tokens', token)
    expect(await keystone(url)(token)).toHaveProperty('refused')
  })

  test('the function before the doors gives on whose token it is', async () => {
    process.env.OPENSTACK_AUTH = JSON.stringify({ keystone_url: url })
    const { handler } = await import('#functions/doors/openstack/authorize.ts')
    expect(await handler({ headers: { 'x-auth-token': await tokenOf(member) } })).toEqual({
      isAuthorized: true,
      context: { user: member.name, project: member.ids.project, roles: expect.stringContaining('member') },
    })
    expect(await handler({ headers: { 'x-auth-token': 'no' } })).toEqual({ isAuthorized: false })
    expect(await handler({})).toEqual({ isAuthorized: false })
  })
})

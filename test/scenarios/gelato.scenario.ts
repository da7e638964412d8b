import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Answer, Problem } from './api-client.ts'
import { DESTINATION, fillSource, makeBuckets, SOURCE } from './migration-data.ts'
import type { Deployment } from './open-deployment.ts'

type Migration = Record<string, unknown> & { Id: string; Status: string }
type Refused = Problem & { errors: { pointer: string }[] }

const start = ({ api }: Deployment, tenant: string, body: object): Promise<Answer<Migration & Refused>> =>
  api.call(`POST /v1/${tenant}/jobs`, { body })

const pointersOf = ({ body }: Answer<Refused>): string[] => body.errors.map(({ pointer }) => pointer)

/** Gelato's users, each with a tenant in the path: a migration is started, shown, listed and aborted in their words. */
export function gelato(deployment: () => Deployment): void {
  const tenant = `t-${randomUUID()}`

  test('a migration is started and followed to its end, with its capacities and counts', async () => {
    const { api, s3 } = deployment()
    await makeBuckets(s3)
    const { prefix, keys } = await fillSource(s3)
    const started = await start(deployment(), tenant, {
      Type: 'migration',
      SourceLocation: `${SOURCE}/${prefix}`,
      DestLocation: { bucket: DESTINATION, prefix },
      RemainSource: true,
    })
    expect(started.status).toBe(202)
    const { Id } = started.body
    api.remember(Id)
    expect(started.headers.get('location')).toBe(`/v1/${tenant}/jobs/${Id}`)
    await api.settled(Id)
    const { body } = await api.call<Migration>(`GET /v1/${tenant}/jobs/${Id}`)
    expect(body).toMatchObject({
      Id,
      Type: 'migration',
      Status: 'SUCCEEDED',
      SourceLocation: `${SOURCE}/${prefix}`,
      DestLocation: `${DESTINATION}/${prefix}`,
      RemainSource: true,
      TotalCount: keys.length,
      PassedCount: keys.length,
      Progress: 100,
    })
    expect(body.PassedCapacity).toBe(body.TotalCapacity)
    const listed = await api.call<{ Jobs: Migration[] }>(`GET /v1/${tenant}/jobs`)
    expect(listed.body.Jobs.map((job) => job.Id)).toEqual([Id])
    const over = await api.call<Problem>(`POST /v1/${tenant}/jobs/${Id}/abort`, { body: {} })
    expect([over.status, over.body.detail]).toEqual([409, expect.stringContaining('succeeded already')])
    for (const route of [`GET /v1/other/jobs/${Id}`, `POST /v1/other/jobs/${Id}/abort`]) {
      expect((await api.call(route, route.startsWith('POST') ? { body: {} } : {})).status).toBe(404)
    }
  })

  test.each<[string, object, string]>([
    ['without a destination', { SourceLocation: 'a' }, '/DestLocation'],
    [
      'with a place of an unknown property',
      { SourceLocation: { bucket: 'a', colour: 1 }, DestLocation: 'b' },
      '/SourceLocation/colour',
    ],
    ['onto itself', { SourceLocation: 'a', DestLocation: 'a' }, '/DestLocation'],
    [
      'with an unknown option',
      { SourceLocation: 'a', DestLocation: 'b', Options: { colour: 1 } },
      '/Options/colour',
    ],
    ['with an unknown word', { SourceLocation: 'a', DestLocation: 'b', Colour: 1 }, '/Colour'],
  ])('a migration %s is refused, in the words of the request', async (_what, body, pointer) => {
    const refused = await start(deployment(), tenant, body)
    expect([refused.status, pointersOf(refused)]).toEqual([400, [pointer]])
  })
}
